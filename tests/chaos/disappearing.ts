/**
 * What two people say in a channel whose messages disappear after a minute, the shortest time there is. It is said from before things go
 * wrong until they are over, so some of it ends meanwhile. Afterwards nobody reads a word of it, and the log knows of all of it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { v7 } from 'uuid';
import { isExpired } from '../../domain/chat/disappearing.ts';
import { isErased } from '../../domain/shared/event.ts';
import { instant } from '../../domain/shared/instant.ts';
import { expectStatus, type JsonObject } from '../client/expectations.ts';
import { authorizationOf, DONE } from '../e2e/actors.ts';
import { befriend, signUp, type Newcomer } from '../e2e/newcomer.ts';
import { callReadApi, callWriteApi, waitUntil, type SystemUnderTest } from '../e2e/system-under-test.ts';
import type { WholeLog } from './check/whole-log.ts';

const DISAPPEARS_AFTER_SECONDS = 60;
const EVERY_MS = 500;
/** Said before things go wrong: it ends while they do. */
const SAID_BEFORE = 5;
/** The last of so many is edited. */
const CHANGED_EVERY = 5;
const PAGE_LIMIT = 50;
const TOLD_POLL_MS = 3_000;

export type Disappearing = { readonly channel: string; readonly people: readonly [Newcomer, Newcomer]; readonly said: Map<number, string> };

export async function openDisappearing(system: SystemUnderTest, { run }: { readonly run: string }): Promise<Disappearing> {
  const people = [await signUp(system, `secretive-0-${run}`), await signUp(system, `secretive-1-${run}`)] as const;
  const [one, other] = people;
  await befriend(system, one, other);
  const body = { kind: 'direct', members: [other.id] };
  const opened = expectStatus(DONE, await callWriteApi(system, '/v1/channels', { method: 'POST', headers: authorizationOf(one), key: v7(), body }));
  const channel = String(opened.body['id']);
  const setting = { method: 'PUT', headers: authorizationOf(other), key: v7(), body: { afterSeconds: DISAPPEARS_AFTER_SECONDS } } as const;
  expectStatus(DONE, await callWriteApi(system, `/v1/channels/${channel}/disappearing`, setting));
  const disappearing: Disappearing = { channel, people, said: new Map() };
  for (let n = 0; n < SAID_BEFORE; n++) await say(system, disappearing);
  return disappearing;
}

export async function sayWhatDisappears(system: SystemUnderTest, disappearing: Disappearing, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await say(system, disappearing);
    await delay(EVERY_MS);
  }
}

async function say(system: SystemUnderTest, { channel, people, said }: Disappearing): Promise<void> {
  const [speaker] = said.size % 2 === 0 ? people : people.toReversed();
  const headers = authorizationOf(speaker as Newcomer);
  const messages = `/v1/channels/${channel}/messages`;
  const text = `Secret ${said.size}`;
  const posted = expectStatus(DONE, await callWriteApi(system, messages, { method: 'POST', headers, key: v7(), body: { text } }));
  const seq = Number(posted.body['seq']);
  said.set(seq, text);
  if (said.size % CHANGED_EVERY !== 0) return;
  const editing = { method: 'PATCH', headers, key: v7(), body: { text: `${text} (edited)` } } as const;
  const edited = await callWriteApi(system, `${messages}/${seq}`, editing);
  // Who was kept waiting for long enough comes too late.
  if (edited.body['code'] !== 'message-disappeared') expectStatus(DONE, edited);
}

/**
 * Waits until all of it has ended and the log was told of it: a process whose clock is ahead tells of messages before their time, which can
 * be read in the log until then.
 */
export async function waitUntilDisappeared({ channel, said }: Disappearing, readLog: () => Promise<WholeLog>): Promise<void> {
  await waitUntil('what disappears has disappeared', async () => {
    const log = await readLog();
    const told = toldIn(log, channel);
    const now = instant(Date.now());
    const hasEnded = postedIn(log, channel).every(({ data }) => data.expiresAt === undefined || isExpired(data, now));
    if (hasEnded && [...said.keys()].every((seq) => told.has(seq))) return true;
    await delay(TOLD_POLL_MS);
    return false;
  });
}

const postedIn = (log: WholeLog, channel: string) => log.ofType('chat.message-posted.v1').filter(({ data }) => data.channel === channel);

const toldIn = (log: WholeLog, channel: string): ReadonlySet<number> =>
  new Set(log.ofType('chat.messages-disappeared.v1').flatMap(({ data }) => (data.channel === channel ? data.messages : [])));

/** Nobody reads a word of it: neither in the history nor in the log, which has all of it. */
export async function findDisappearingFaults(system: SystemUnderTest, disappearing: Disappearing, log: WholeLog): Promise<readonly string[]> {
  const { channel, people, said } = disappearing;
  const faults = [...findStanding(log, disappearing)];
  for (const person of people) {
    const shown = await historyOf(system, person, channel);
    const words = shown.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
    if (words.length > 0) faults.push(`${person.loginName} still reads ${words.join(', ')}`);
    const missing = [...said.keys()].filter((seq) => !shown.some((message) => message['seq'] === seq));
    if (missing.length > 0) faults.push(`${person.loginName} doesn’t see that there was something at ${missing.join(', ')}`);
  }
  return faults;
}

/** Each message is in the log, with an end that it was told of, and neither its words nor what they were changed to can be read. */
export function findStanding(log: WholeLog, { channel, said }: Pick<Disappearing, 'channel' | 'said'>): readonly string[] {
  const posted = new Map(postedIn(log, channel).map(({ revision, data }) => [revision, data]));
  const told = toldIn(log, channel);
  const ofMessages = [...said].flatMap(([seq, text]) => {
    const event = posted.get(seq);
    if (event === undefined) return [`“${text}” was acknowledged as ${seq}, which the log doesn’t have`];
    return [
      ...(event.expiresAt === undefined ? [`“${text}” has no end`] : []),
      ...(isErased(event.text) ? [] : [`“${text}” can be read in the log`]),
      ...(told.has(seq) ? [] : [`the log isn’t told that “${text}” has disappeared`]),
    ];
  });
  const edits = log.ofType('chat.message-edited.v1').filter(({ data }) => data.channel === channel && !isErased(data.text));
  return [...ofMessages, ...edits.map(({ data }) => `what ${data.message} was changed to can be read in the log`)];
}

async function historyOf(system: SystemUnderTest, person: Newcomer, channel: string): Promise<readonly JsonObject[]> {
  const history: JsonObject[] = [];
  for (let before = ''; ;) {
    const path = `/v1/channels/${channel}/messages?limit=${PAGE_LIMIT}${before}`;
    const { body } = expectStatus([200], await callReadApi(system, path, { headers: authorizationOf(person) }));
    const page = body['messages'] as readonly JsonObject[];
    history.unshift(...page);
    const first = page[0]?.['seq'];
    if (page.length < PAGE_LIMIT || first === undefined) return history;
    before = `&before=${Number(first)}`;
  }
}
