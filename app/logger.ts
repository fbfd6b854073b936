/** JSON lines with constant messages and fields. Nothing personal: ids, counts, times, codes. */
import { pino } from 'pino';
import type { Config } from './config/config.ts';

export type Logger = {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
};
export type LogLine = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Writes synchronously, so that every line logged before a crash is written. */
export function createLogger(level: Config['logLevel']): Logger {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    pino.destination({ fd: 1, sync: true }),
  );
  const line =
    (severity: 'debug' | 'info' | 'warn' | 'error'): LogLine =>
    (message, fields = {}) =>
      logger[severity](fields, message);
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}
