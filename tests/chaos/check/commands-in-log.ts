/** What was acknowledged is in the log, and what is in the log is there once. */
import { isDeepStrictEqual } from 'node:util';
import type { RecordedCommand } from '../command-record.ts';
import { isOfDomain, type LoggedEvent, type WholeLog } from './whole-log.ts';

export const findCommandFaults = (log: WholeLog, commands: readonly RecordedCommand[]): readonly string[] => [
  ...findLostCommands(log, commands),
  ...findRepeatedEvents(log),
  ...findGaps(log),
];

function findLostCommands(log: WholeLog, commands: readonly RecordedCommand[]): readonly string[] {
  const places = placesOf(log);
  const faults: string[] = [];
  const keysOf = new Map<string, string>();
  for (const { command, key, id, outcome } of commands) {
    if (outcome !== 'acknowledged') continue;
    const place = placeOf(command, id);
    if (place === undefined) continue;
    const count = places.get(place) ?? 0;
    if (count !== 1) faults.push(`${command} ${key} was acknowledged as ${place}, which the log has ${count} times`);
    const other = keysOf.get(place);
    // A message is withdrawn once, whoever asks for it: each is told the place of that.
    if (other !== undefined && other !== key && !place.startsWith('withdraw '))
      faults.push(`${command} ${key} was acknowledged as ${place}, and so was ${other}`);
    keysOf.set(place, key);
  }
  return faults;
}

/** How often the log has each thing that a command may be acknowledged with. */
function placesOf(log: WholeLog): ReadonlyMap<string, number> {
  const places = [
    ...log.ofType('feed.post-published.v1').map(({ data }) => `post ${data.post}`),
    ...log.ofType('notifications.requested.v1').map(({ data }) => `notification ${data.notification}`),
    ...log.ofType('people.registered.v1').map(({ key }) => `person ${key}`),
    ...log.ofType('chat.message-posted.v1').map(({ data, revision }) => `send ${data.channel}/${revision}`),
    ...log.ofType('chat.message-edited.v1').map(({ data, revision }) => `edit ${data.channel}/${revision}`),
    ...log.ofType('chat.message-withdrawn.v1').map(({ data, revision }) => `withdraw ${data.channel}/${revision}`),
    ...log.ofType('chat.message-reacted.v1').map(({ data, revision }) => `react ${data.channel}/${revision}`),
  ];
  return new Map([...Map.groupBy(places, (place) => place)].map(([place, found]) => [place, found.length]));
}

const MESSAGES = /^POST \/v1\/channels\/([^/]+)\/messages$/;

/** Undefined for a command that changes something there is; what became of that is seen in what is shown. */
function placeOf(command: string, id: string | undefined): string | undefined {
  if (command.startsWith('frame ')) return `${command.slice('frame '.length)} ${id ?? '?'}`;
  const channel = MESSAGES.exec(command)?.[1];
  if (channel !== undefined) return `send ${channel}/${id ?? '?'}`;
  switch (command) {
    case 'POST /v1/me/feed':
      return `post ${id ?? '?'}`;
    case 'POST /v1/notifications':
      return `notification ${id ?? '?'}`;
    case 'POST /v1/people':
      return `person ${id ?? '?'}`;
  }
  return undefined;
}

/** Ids of events are theirs alone; a command's events in a stream follow one another, and no two of them say the same. */
function findRepeatedEvents({ events }: WholeLog): readonly string[] {
  const faults: string[] = [];
  for (const [id, same] of Map.groupBy(events, (event) => event.id)) {
    if (same.length > 1) faults.push(`the event ${id} is in the log ${same.length} times, as ${same.map(named).join(' and ')}`);
  }
  const clientIds = Map.groupBy(
    events.filter((event) => event.type === 'chat.message-posted.v1'),
    ({ data }) => `${data.channel}/${data.clientId}`,
  );
  for (const [clientId, same] of clientIds) if (same.length > 1) faults.push(`the message ${clientId} is in the log as ${same.map(named).join(' and ')}`);
  for (const [, ofCommand] of Map.groupBy(events.filter(isOfDomain), ({ stream, metadata }) => `${stream} ${metadata.command}`)) {
    for (const [at, event] of ofCommand.entries()) {
      const before = ofCommand[at - 1];
      if (before !== undefined && event.revision !== before.revision + 1) faults.push(`the command of ${named(before)} was done again as ${named(event)}`);
      const same = ofCommand.slice(0, at).find((other) => other.type === event.type && isDeepStrictEqual(other.data, event.data));
      if (same !== undefined) faults.push(`${named(event)} says what ${named(same)} of the same command says`);
    }
  }
  return faults;
}

/** The revisions of each stream count from 0; so the `seq` of its messages do. */
function findGaps({ events }: WholeLog): readonly string[] {
  return [...Map.groupBy(events.filter(isOfDomain), ({ stream }) => stream)].flatMap(([stream, own]) => {
    const wrong = own.find(({ revision }, at) => revision !== at);
    return wrong === undefined ? [] : [`${stream} has ${named(wrong)} in place ${own.indexOf(wrong)}`];
  });
}

const named = ({ stream, revision, type }: LoggedEvent): string => `${stream}@${revision} (${type})`;
