/** The log for a person at a terminal: where Tidings listens and what to do next, then a line for each event. */
import { SECOND_MS } from '../domain/shared/instant.ts';
import type { Config } from './config/config.ts';
import { escapeControlCharacters } from './control-characters.ts';
import type { LogOutput } from './log-output.ts';
import type { LogLine, Logger } from './logger.ts';

type Fields = Readonly<Record<string, unknown>>;

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof LEVELS)[number];

/** By the role of a listener: its name, and what it serves. */
const LISTENERS: Readonly<Record<string, readonly [name: string, serves: string]>> = {
  'write-api': ['Write API', 'commands; documented at /openapi.json'],
  'read-api': ['Read API', 'queries; documented at /openapi.json'],
  gateway: ['Gateway', 'chat over WebSockets; documented at /asyncapi.json'],
  operations: ['Operations', 'health and metrics; the operator’s page at /operator/'],
  front: ['Pages', 'for people: feed, chat, friends'],
  'event-store': ['Event store', 'gRPC for EventStoreDB’s clients'],
};
const OUTBOX = ['Outbox', 'pushes, SMS and emails, kept here instead of being sent'] as const;

type TerminalSettings = Pick<Config, 'logLevel' | 'dataFolder'> & Partial<Pick<Config, 'servers'>>;

export function createTerminalLogger({ logLevel, dataFolder, servers }: TerminalSettings, output: LogOutput): Logger {
  const rows: (readonly [name: string, url: string, serves: string])[] = [];
  const listen = ({ role, url, authority }: Fields) => {
    const [name, serves] = LISTENERS[String(role)] ?? [String(role), ''];
    rows.push([name, String(url), typeof authority === 'string' ? `${serves}, which trust ${authority}` : serves]);
    if (role === 'operations') rows.push([OUTBOX[0], `${String(url)}/outbox/`, OUTBOX[1]]);
  };
  /** Undefined: the event has no text of its own. */
  const textOf = (message: string, fields: Fields): string | undefined => {
    switch (message) {
      case 'listening':
        listen(fields);
        return '';
      case 'ready':
        return `\nTidings is running on ${servers === undefined ? `the data folder ${dataFolder}` : 'the servers that its settings name'}.\n\n${tableOf(rows)}\n\nNext: “Five minutes” in README.md, in another shell. Ctrl-C stops.\n\n`;
      case 'stopping':
        return `\nStopping: clients are sent away and work under way ends, within ${Number(fields['withinMs']) / SECOND_MS} s.\n`;
      case 'stopped':
        return 'Stopped.\n';
      case 'can’t start':
        return `\nTidings can’t start. ${['reason', 'cause', 'see'].flatMap((name) => (typeof fields[name] === 'string' ? [fields[name]] : [])).join('\n  ')}\n\n`;
      default:
        return undefined;
    }
  };
  const line =
    (level: Level): LogLine =>
    (message, fields = {}) => {
      const text = textOf(message, fields);
      if (isLogged(level, logLevel)) output.write(escapeControlCharacters(text ?? lineOf(level, message, fields)));
    };
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error'), droppedLines: output.droppedLines };
}

const isLogged = (level: Level, least: Config['logLevel']): boolean =>
  least !== 'silent' && least !== 'fatal' && LEVELS.indexOf(level) >= LEVELS.indexOf(least);

function tableOf(rows: readonly (readonly [name: string, url: string, serves: string])[]): string {
  const widthOf = (column: 0 | 1) => Math.max(0, ...rows.map((row) => row[column].length));
  const [names, urls] = [widthOf(0), widthOf(1)];
  return rows.map(([name, url, serves]) => `  ${name.padEnd(names)}  ${url.padEnd(urls)}  ${serves}`).join('\n');
}

/** `12:00:01 WARN  rate limiter unavailable; request allowed  api=write-api`, and the stack of an error below it. */
function lineOf(level: Level, message: string, { stack, ...fields }: Fields): string {
  const time = new Date().toTimeString().slice(0, 'hh:mm:ss'.length);
  const facts = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${valueOf(value)}`]));
  const below = typeof stack === 'string' && level === 'error' ? `\n${stack}` : '';
  return `${time} ${level.toUpperCase().padEnd(5)} ${[message, ...facts].join('  ')}${below}\n`;
}

/** A value with a space or another special character is quoted. */
const valueOf = (value: unknown): string => (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value) ? value : (JSON.stringify(value) ?? ''));
