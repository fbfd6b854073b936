/** Asks a process for what an export is made of, one log after the other, with places in between from which it can be resumed. */
import type { LogLine } from '../../../app/control/log-line.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { LogEpoch, Position } from '../../../ports/event-log/port.ts';
import { distance, logNumberOf, merge, offsetIn, positionAt } from '../../../ports/event-log/position.ts';
import type { ControlClient } from '../../control-client.ts';
import { CliFailure, EXIT } from '../../failure.ts';
import type { Terminal } from '../../terminal.ts';
import type { Pseudonyms } from './pseudonyms.ts';

export type ExportScope = {
  readonly log?: string;
  readonly types?: readonly string[];
  readonly streams?: readonly string[];
  readonly from?: Instant;
  readonly to?: Instant;
  readonly reveal?: true;
  /** Of a hundred. */
  readonly share: number;
  readonly pseudonyms?: Pseudonyms;
};

export type ExportedLog = { readonly log: string; readonly head: Position | null; readonly epoch: LogEpoch };
/** `place`: of all logs together, everything up to there has been told. */
export type ExportItem = { readonly is: 'event'; readonly event: LogLine } | { readonly is: 'place'; readonly place: Position };

/** Throws `CliFailure` for a name that no log has. */
export async function listLogs(client: ControlClient, wanted?: string): Promise<readonly ExportedLog[]> {
  const logs = await Array.fromAsync(client.call('list-logs', {}));
  const named = wanted === undefined ? logs : logs.filter(({ log }) => log === wanted);
  if (named.length === 0) throw new CliFailure(EXIT.usage, `The logs here are ${logs.map(({ log }) => log).join(', ')}; name one of them with --log.`);
  return named;
}

/** What comes after a place, up to where the logs ended when they were listed. */
export async function* readExport(
  client: ControlClient,
  logs: readonly ExportedLog[],
  { after, scope, terminal }: { readonly after: Position | undefined; readonly scope: ExportScope; readonly terminal: Terminal },
): AsyncIterable<ExportItem> {
  const progress = progressOf(logs, after, terminal);
  let place = after;
  for (const { log, head } of logs) {
    if (head === null) continue;
    const before = after === undefined ? undefined : offsetIn(after, logNumberOf(head));
    if (before !== undefined && before >= (offsetIn(head, logNumberOf(head)) ?? -1n)) continue;
    const request = {
      log,
      until: head,
      personal: scope.reveal === true ? ('revealed' as const) : ('hidden' as const),
      share: scope.share,
      ...(before === undefined ? {} : { after: positionAt(logNumberOf(head), before) }),
      ...(scope.types === undefined ? {} : { types: [...scope.types] }),
      ...(scope.streams === undefined ? {} : { streams: [...scope.streams] }),
      ...(scope.from === undefined ? {} : { from: scope.from }),
      ...(scope.to === undefined ? {} : { to: scope.to }),
    };
    for await (const line of client.call('export-log', request)) {
      if (line.is === 'event') {
        progress.count();
        yield { is: 'event', event: pseudonymised(line.event, scope.pseudonyms) };
      } else {
        place = merge(place, line.place) ?? line.place;
        progress.tell(place);
        yield { is: 'place', place };
      }
    }
  }
}

/** Positions stay: they are what an export is resumed by, and name nobody. */
function pseudonymised(line: LogLine, pseudonyms: Pseudonyms | undefined): LogLine {
  if (pseudonyms === undefined) return line;
  const { position, type, at, ...rest } = line;
  const { stream, ...others } = pseudonyms.of(rest);
  return { position, stream, ...others, type, at };
}

const SECOND_MS = 1_000;

/** Events told and how fast, the part of the log that is done, and how long the rest takes at this rate. */
function progressOf(logs: readonly ExportedLog[], after: Position | undefined, terminal: Terminal) {
  const startedMs = performance.now();
  const end = logs.reduce<Position | undefined>((merged, { head }) => merge(merged, head ?? undefined), undefined);
  const all = end === undefined ? 0 : distance(after, end);
  let events = 0;
  return {
    count: () => void (events += 1),
    tell: (place: Position) => {
      const part = end === undefined || all === 0 ? 1 : Math.min(1, Math.max(0, 1 - distance(place, end) / all));
      const seconds = (performance.now() - startedMs) / SECOND_MS;
      const left = part === 0 ? '' : `, ${durationOf((seconds / part) * (1 - part))} left`;
      terminal.progress(`${events} events exported, ${Math.floor(part * 100)} % of the log, ${Math.round(events / Math.max(seconds, 0.001))} a second${left}`);
    },
  };
}

function durationOf(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60
    ? `${whole} s`
    : whole < 3_600
      ? `${Math.floor(whole / 60)} min ${whole % 60} s`
      : `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}
