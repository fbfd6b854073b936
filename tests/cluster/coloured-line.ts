/** A log line of one process among those of all others: when, who, what. Each role has its colour. */
import { styleText } from 'node:util';
import { ROLES } from '../../app/config/settings.ts';
import type { LogLine } from '../start-for-test.ts';
import type { ProcessName } from './cluster-process.ts';

const COLOURS = ['cyan', 'green', 'magenta', 'yellow', 'blue', 'cyanBright', 'greenBright', 'magentaBright', 'yellowBright'] as const;
const NAME_CHARACTERS = 16;
/** Of the line itself, and not of what happened. */
const OWN_FIELDS = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'stack']);

export function colouredLine(name: ProcessName, line: LogLine, { isColoured }: { readonly isColoured: boolean }): string {
  const role = ROLES.findIndex((known) => name.startsWith(known));
  const who = name.padEnd(NAME_CHARACTERS);
  const facts = Object.entries(line).flatMap(([field, value]) =>
    OWN_FIELDS.has(field) ? [] : [`${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`],
  );
  const what = [new Date().toTimeString().slice(0, 'hh:mm:ss'.length), who, String(line.level).toUpperCase().padEnd(5), line.msg, ...facts];
  const text = what.join(' ');
  if (!isColoured) return text;
  const style = line.level === 'error' ? 'red' : (COLOURS[Math.max(0, role) % COLOURS.length] ?? 'white');
  return styleText(style, text);
}
