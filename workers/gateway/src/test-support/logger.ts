import type { Logger } from '@meshwright/telemetry';

/** A logger that keeps what it is told. */
export function recordingLogger(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const log = (data: object, message: string): void => void lines.push(`${message} ${JSON.stringify(data)}`);
  const logger = { lines, debug: log, info: log, warn: log, error: log, child: () => logger };
  return logger;
}
