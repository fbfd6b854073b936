/** JSON lines with constant messages and fields. Nothing personal: ids, counts, times, codes. */
import { pino } from 'pino';
import type { z } from 'zod';
import type { settingsSchema } from './config/settings.ts';

/** Those that the setting takes. */
type LogLevel = z.infer<typeof settingsSchema>['TIDINGS_LOG_LEVEL'];

export type Logger = {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
};
export type LogLine = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Writes synchronously, so that every line logged before a crash is written. */
export function createLogger(level: LogLevel): Logger {
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
