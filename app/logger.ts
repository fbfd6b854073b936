/** JSON lines with constant messages and fields. Nothing personal: ids, counts, times, codes. */
import { pino } from 'pino';
import type { z } from 'zod';
import type { settingsSchema } from './config/settings.ts';
import { openLogOutput, type LogOutput } from './log-output.ts';

/** Those that the setting takes. */
type LogLevel = z.infer<typeof settingsSchema>['TIDINGS_LOG_LEVEL'];

export type Logger = {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
  /** Lines that could not be written, since the start. */
  readonly droppedLines: () => number;
};
export type LogLine = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

const STANDARD_OUTPUT = 1;

export function createLogger(level: LogLevel, output: LogOutput = openLogOutput(STANDARD_OUTPUT)): Logger {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } }, output);
  const line =
    (severity: 'debug' | 'info' | 'warn' | 'error'): LogLine =>
    (message, fields = {}) =>
      logger[severity](fields, message);
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error'), droppedLines: output.droppedLines };
}
