export { delivery } from './delivery.ts';
export { type NoticesInput, rolloutNotices } from './notices.ts';
export { type Followers, startNotices } from './telling.ts';
