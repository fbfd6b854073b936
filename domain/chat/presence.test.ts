import test from 'ava';
import { given } from '../shared/given-when-then.ts';
import type { PersonId } from '../shared/ids.ts';
import { instant, plus } from '../shared/instant.ts';
import type { PresenceEvent } from './presence-events.ts';
import { presence, PRESENCE_STABLE_MS } from './presence.ts';

const since = instant(0);
const settled = plus(since, PRESENCE_STABLE_MS);
const ann = 'ann' as PersonId;
const changed = (status: 'online' | 'offline', lastActiveAt = since, gateway = 'g-1'): PresenceEvent => ({
  type: 'chat.presence-changed.v1',
  data: { person: ann, status, lastActiveAt, gateway },
});
const settle = { type: 'record', person: ann, presence: 'online', since, lastActiveAt: since, gateway: 'g-1', at: settled } as const;

test('a presence state that has lasted is recorded', (t) => {
  given(presence).when(settle).then(t, changed('online'));
  given(presence, changed('online'))
    .when({ ...settle, presence: 'offline' })
    .then(t, changed('offline'));
});

test('a presence state that has not lasted yet is not recorded', (t) => {
  given(presence)
    .when({ ...settle, at: plus(settled, -1) })
    .then(t);
});

test('a state that is recorded already is not recorded again', (t) => {
  given(presence, changed('online')).when(settle).then(t);
  given(presence, changed('offline'))
    .when({ ...settle, presence: 'offline', gateway: 'g-2' })
    .then(t);
});

test('being online at another gateway is recorded, for the loss of the first no longer ends it', (t) => {
  given(presence, changed('online'))
    .when({ ...settle, gateway: 'g-2' })
    .then(t, changed('online', since, 'g-2'));
});

test('a late report about the past changes nothing', (t) => {
  given(presence, changed('online', plus(since, 1)))
    .when({ ...settle, presence: 'offline' })
    .then(t);
});

test('the loss of a gateway is recorded once, and again when it is lost again', (t) => {
  const lost: PresenceEvent = { type: 'chat.gateway-lost.v1', data: { gateway: 'g-1', lastSeenAt: since } };
  given(presence).when({ type: 'lose-gateway', gateway: 'g-1', lastSeenAt: since }).then(t, lost);
  given(presence, lost).when({ type: 'lose-gateway', gateway: 'g-1', lastSeenAt: since }).then(t);
  given(presence, lost)
    .when({ type: 'lose-gateway', gateway: 'g-1', lastSeenAt: settled })
    .then(t, { type: 'chat.gateway-lost.v1', data: { gateway: 'g-1', lastSeenAt: settled } });
});
