export { AnswerTooLarge, readBounded, readBytesBounded } from './bounded.ts';
export { type ConnectionFailure, connectionFailure } from './connection-failure.ts';
export { type Http, type HttpLimits, type HttpOptions, openHttp } from './http.ts';
export { backoffMs, pause } from './waiting.ts';
