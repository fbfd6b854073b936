/** JSON lines with constant messages and fields. Nothing personal: ids, counts, times, codes. */
import { pino } from 'pino';
import type { Config } from './config.ts';

export type Logger = {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
};
type LogLine = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Writes at once: what was logged before a crash is there. */
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
