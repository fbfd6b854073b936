/**
 * The events that a fresh EventStoreDB writes: its two users and the default access lists. Users and passwords of this server are in its
 * configuration, so these carry no password. What is there already is left as it is.
 */
import { randomUUID } from 'node:crypto';
import type { EventStore, NewEvent } from '../store.ts';

const USERS = [
  { loginName: 'admin', fullName: 'Event Store Administrator', groups: ['$admins'] },
  { loginName: 'ops', fullName: 'Event Store Operations', groups: ['$ops'] },
] as const;

const USERS_STREAM = '$users';
const SETTINGS_STREAM = '$settings';

const accessListOf = (role: string) => ({ $r: role, $w: role, $d: role, $mr: role, $mw: role });
const SETTINGS = { $userStreamAcl: accessListOf('$all'), $systemStreamAcl: accessListOf('$admins') };

type Store = Pick<EventStore, 'append' | 'readStream' | 'setStreamMetadata' | 'streamMetadata'>;

/** May be interrupted anywhere and run again. */
export async function writeInitialEvents(store: Store): Promise<void> {
  for (const user of USERS) {
    const stream = `$user-${user.loginName}`;
    if (store.streamMetadata(stream).revision === 'no-stream') {
      await store.setStreamMetadata(stream, { $acl: { $w: '$admins', $d: '$admins', $mw: '$admins' } }, 'no-stream');
    }
    await writeFirst(store, stream, json('$UserCreated', { ...user, disabled: false }));
    await listUser(store, user.loginName);
  }
  await writeFirst(store, SETTINGS_STREAM, json('$settings', SETTINGS));
}

async function writeFirst(store: Store, stream: string, event: NewEvent): Promise<void> {
  if (store.readStream(stream, { limit: 1 }).outcome === 'not-found') await store.append(stream, [event], 'no-stream');
}

async function listUser(store: Store, loginName: string): Promise<void> {
  const read = store.readStream(USERS_STREAM);
  if (read.outcome === 'stream-deleted') return;
  const listed = read.outcome === 'found' ? [...read.events].map(({ data }) => Buffer.from(data).toString('utf8')) : [];
  if (listed.includes(loginName)) return;
  const data = Buffer.from(loginName);
  await store.append(USERS_STREAM, [{ id: randomUUID(), type: '$User', contentType: 'application/octet-stream', data, metadata: Buffer.alloc(0) }], 'any');
}

function json(type: string, value: object): NewEvent {
  return { id: randomUUID(), type, data: Buffer.from(JSON.stringify(value)), metadata: Buffer.alloc(0) };
}
