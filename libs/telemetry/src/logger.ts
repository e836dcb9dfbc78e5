import { destination, pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Structured logs: a static message, with the data beside it. */
export interface Logger {
  debug(data: object, message: string): void;
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
  child(bindings: object): Logger;
}

/** Fields whose values never reach a log, at the top of the data or one level below. */
const secretFields = [
  'password',
  'token',
  'secret',
  'authorization',
  'apiKey',
  'privateKey',
  'clientKey',
  'kubeconfig',
];

/** A logger that writes JSON lines to standard error, or to a file. */
export function createLogger(options: { name: string; level?: LogLevel; file?: string }): Logger {
  return pino(
    {
      name: options.name,
      level: options.level ?? 'info',
      redact: {
        paths: secretFields.flatMap((field) => [field, `*.${field}`]),
        censor: '[redacted]',
      },
    },
    options.file === undefined
      ? destination({ dest: 2, sync: true })
      : destination({ dest: options.file, append: true, mkdir: true, sync: true }),
  );
}
