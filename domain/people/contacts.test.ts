import test from 'ava';
import { erased } from '../shared/event.ts';
import { given } from '../shared/given-when-then.ts';
import type { AppId, DeviceId, EndpointId } from '../shared/ids.ts';
import { instant, plus } from '../shared/instant.ts';
import { blockOf, contacts, DEVICE_USE_RECORDED_AFTER_MS, DEVICES_MAX, deviceOf, deviceChangeIn } from './contacts.ts';
import type { ContactsEvent, EndpointLoss } from './events.ts';
import type { UserState } from './user.ts';

const at = instant(0);
const user: UserState = { status: 'registered', login: 'hmac' };
const erasedUser: UserState = { status: 'erased', login: 'hmac' };
const [home, work] = ['home', 'work'] as EndpointId[] as [EndpointId, EndpointId];
const phone = 'phone' as DeviceId;
const [token1, token2] = ['token-1', 'token-2'] as EndpointId[] as [EndpointId, EndpointId];

const emailSet = (endpoint: EndpointId): ContactsEvent => ({ type: 'people.contact-set.v1', data: { kind: 'email', endpoint, address: 'ann@example.org' } });
const setEmail = (endpoint: EndpointId) => ({ type: 'set-contact', kind: 'email', endpoint, address: 'ann@example.org', user }) as const;
const data = { device: phone, endpoint: token1, platform: 'fcm', token: 'secret', at } as const;
const registered: ContactsEvent = { type: 'people.device-registered.v1', data };
const register = { type: 'register-device', ...data, user } as const;
const invalidated = (reason: EndpointLoss): ContactsEvent => ({ type: 'people.device-invalidated.v1', data: { device: phone, endpoint: token1, reason } });

const unconfirmed = (endpoint: EndpointId): ContactsEvent => ({
  type: 'people.contact-set.v1',
  data: { kind: 'email', endpoint, address: 'ann@example.org', unconfirmed: true },
});
const confirmed = (endpoint: EndpointId): ContactsEvent => ({ type: 'people.contact-confirmed.v1', data: { kind: 'email', endpoint } });
const removed = (endpoint: EndpointId): ContactsEvent => ({ type: 'people.contact-removed.v1', data: { kind: 'email', endpoint } });
const confirm = (endpoint: EndpointId) => ({ type: 'confirm-contact', kind: 'email', endpoint, user }) as const;
const stateAfter = (...events: readonly ContactsEvent[]) => events.reduce(contacts.evolve, contacts.initialState);

test('an address that is set waits to be confirmed, and what was in use stays in use until then', (t) => {
  given(contacts).when(setEmail(home)).then(t, unconfirmed(home));
  t.like(stateAfter(unconfirmed(home)), { unconfirmed: { email: home } });
  t.is(stateAfter(unconfirmed(home)).email, undefined);
  given(contacts, unconfirmed(home)).when(confirm(home)).then(t, confirmed(home));
  t.deepEqual(stateAfter(unconfirmed(home), confirmed(home)), { ...contacts.initialState, email: home, confirmed: { email: home } });
  t.like(stateAfter(unconfirmed(home), confirmed(home), unconfirmed(work)), { email: home, unconfirmed: { email: work } });
  t.deepEqual(stateAfter(unconfirmed(home), confirmed(home), unconfirmed(work), confirmed(work)), {
    ...contacts.initialState,
    email: work,
    confirmed: { email: work },
  });
});

test('an address that was set before addresses were confirmed is in use', (t) => {
  t.deepEqual(stateAfter(emailSet(home)), { ...contacts.initialState, email: home });
  given(contacts, emailSet(home)).when(setEmail(home)).then(t);
  given(contacts, emailSet(home)).when(confirm(home)).then(t);
});

test('setting an address that waits asks for another code, and setting the one in use gives up what was to replace it', (t) => {
  given(contacts, unconfirmed(home)).when(setEmail(home)).then(t, unconfirmed(home));
  given(contacts, unconfirmed(home), confirmed(home)).when(setEmail(home)).then(t);
  given(contacts, emailSet(home), unconfirmed(work)).when(setEmail(home)).then(t, removed(work));
  t.deepEqual(stateAfter(emailSet(home), unconfirmed(work), removed(work)), { ...contacts.initialState, email: home });
});

test('only the address that waits is confirmed', (t) => {
  given(contacts).when(confirm(home)).thenRefused(t, 'endpoint-unknown');
  given(contacts, unconfirmed(home), unconfirmed(work)).when(confirm(home)).thenRefused(t, 'endpoint-unknown');
  given(contacts, unconfirmed(home))
    .when({ ...confirm(home), user: erasedUser })
    .thenRefused(t, 'person-erased');
});

test('a contact is removed by its kind, confirmed or not', (t) => {
  const remove = { type: 'remove-contact', kind: 'email' } as const;
  given(contacts, emailSet(home)).when(remove).then(t, removed(home));
  given(contacts, emailSet(home), removed(home)).when(remove).then(t);
  given(contacts, unconfirmed(home)).when(remove).then(t, removed(home));
  given(contacts, emailSet(home), unconfirmed(work)).when(remove).then(t, removed(home), removed(work));
});

test('a person who was erased, or does not exist, can’t set addresses or register devices', (t) => {
  given(contacts)
    .when({ ...setEmail(home), user: erasedUser })
    .thenRefused(t, 'person-erased');
  given(contacts)
    .when({ ...register, user: { status: 'none' } })
    .thenRefused(t, 'person-unknown');
});

test('a block outlives the address it was set for, until it is lifted', (t) => {
  const blocked: ContactsEvent = { type: 'people.contact-blocked.v1', data: { endpoint: home, reason: 'stop' } };
  const block = { type: 'block-endpoint', endpoint: home, reason: 'stop' } as const;
  given(contacts, emailSet(home)).when(block).then(t, blocked);
  given(contacts, emailSet(home), blocked).when(block).then(t);
  const setAgain = [emailSet(home), blocked, emailSet(work), emailSet(home)].reduce(contacts.evolve, contacts.initialState);
  t.is(blockOf(setAgain, home), 'stop');
  const unblocked: ContactsEvent = { type: 'people.contact-unblocked.v1', data: { endpoint: home } };
  const unblock = { type: 'unblock-contact', kind: 'email', user } as const;
  given(contacts, emailSet(home), blocked).when(unblock).then(t, unblocked);
  given(contacts, emailSet(home), blocked, unblocked).when(unblock).then(t);
  given(contacts, emailSet(home), blocked, emailSet(work)).when(unblock).then(t);
  given(contacts, emailSet(home), blocked, emailSet(work), emailSet(home)).when(unblock).then(t, unblocked);
});

test('a block can’t be lifted where there is no such address, or the person was erased', (t) => {
  const unblock = { type: 'unblock-contact', kind: 'phone', user } as const;
  given(contacts, emailSet(home)).when(unblock).thenRefused(t, 'endpoint-unknown');
  given(contacts)
    .when({ ...unblock, user: erasedUser })
    .thenRefused(t, 'person-erased');
  given(contacts)
    .when({ ...unblock, user: { status: 'none' } })
    .thenRefused(t, 'person-unknown');
});

test('a block for another reason replaces the one before', (t) => {
  given(contacts, { type: 'people.contact-blocked.v1', data: { endpoint: home, reason: 'hard-bounce' } })
    .when({ type: 'block-endpoint', endpoint: home, reason: 'complaint' })
    .then(t, { type: 'people.contact-blocked.v1', data: { endpoint: home, reason: 'complaint' } });
});

test('a device registers, and registering again with the same token changes nothing', (t) => {
  given(contacts).when(register).then(t, registered);
  given(contacts, registered).when(register).then(t);
});

test('a new token of a device replaces the old one', (t) => {
  given(contacts, registered)
    .when({ ...register, endpoint: token2, token: 'newer' })
    .then(t, invalidated('replaced'), { type: 'people.device-registered.v1', data: { ...data, endpoint: token2, token: 'newer' } });
});

test('a device that appears in another app is registered again', (t) => {
  const app = 'shop' as AppId;
  given(contacts, registered)
    .when({ ...register, app })
    .then(t, { type: 'people.device-registered.v1', data: { ...data, app } });
});

test('the device registered longest ago makes room for one more than the limit, and each of them can change its token', (t) => {
  const many = Array.from({ length: DEVICES_MAX }, (_, i): ContactsEvent => {
    return { type: 'people.device-registered.v1', data: { ...data, device: `device-${i}` as DeviceId, endpoint: `endpoint-${i}` as EndpointId } };
  });
  given(contacts, ...many)
    .when(register)
    .then(
      t,
      { type: 'people.device-invalidated.v1', data: { device: 'device-0' as DeviceId, endpoint: 'endpoint-0' as EndpointId, reason: 'too-many-devices' } },
      registered,
    );
  const changed = given(contacts, ...many).when({ ...register, device: 'device-0' as DeviceId });
  changed.then(
    t,
    { type: 'people.device-invalidated.v1', data: { device: 'device-0' as DeviceId, endpoint: 'endpoint-0' as EndpointId, reason: 'replaced' } },
    { type: 'people.device-registered.v1', data: { ...data, device: 'device-0' as DeviceId } },
  );
});

test('a device that registers again unchanged is recorded as used once a week, and made room with last', (t) => {
  const again = { ...data, at: plus(at, DEVICE_USE_RECORDED_AFTER_MS) };
  given(contacts, registered)
    .when({ ...register, at: plus(again.at, -1) })
    .then(t);
  given(contacts, registered)
    .when({ ...register, at: again.at })
    .then(t, { type: 'people.device-registered.v1', data: again });
  const others = Array.from({ length: DEVICES_MAX - 1 }, (_, i): ContactsEvent => {
    return { type: 'people.device-registered.v1', data: { ...data, device: `device-${i}` as DeviceId, endpoint: `endpoint-${i}` as EndpointId } };
  });
  given(contacts, registered, ...others, { type: 'people.device-registered.v1', data: again })
    .when({ ...register, device: 'new' as DeviceId })
    .then(
      t,
      { type: 'people.device-invalidated.v1', data: { device: 'device-0' as DeviceId, endpoint: 'endpoint-0' as EndpointId, reason: 'too-many-devices' } },
      { type: 'people.device-registered.v1', data: { ...data, device: 'new' as DeviceId } },
    );
});

test('a device is registered again where it has won its token back', (t) => {
  given(contacts, registered)
    .when({ ...register, claimedAt: at })
    .then(t);
  const renewed = { ...data, at: plus(at, 1) };
  given(contacts, registered)
    .when({ ...register, ...renewed, claimedAt: renewed.at })
    .then(t, { type: 'people.device-registered.v1', data: renewed });
});

test('logging out ends the registrations of the session, and of the device that it was opened on', (t) => {
  const bySession: ContactsEvent = { type: 'people.device-registered.v1', data: { ...data, session: 's1' } };
  const ended = invalidated('session-ended');
  given(contacts, bySession).when({ type: 'end-session', session: 's1', later: [] }).then(t, ended);
  given(contacts, registered).when({ type: 'end-session', session: 's1', device: phone, later: [] }).then(t, ended);
  given(contacts, bySession).when({ type: 'end-session', session: 's2', device: phone, later: [] }).then(t, ended);
  given(contacts, bySession).when({ type: 'end-session', session: 's2', later: [] }).then(t);
  given(contacts, bySession, ended).when({ type: 'end-session', session: 's1', later: [] }).then(t);
});

test('a device on which the person has logged in again since keeps its registration when the older session ends', (t) => {
  const bySession: ContactsEvent = { type: 'people.device-registered.v1', data: { ...data, session: 's1' } };
  const end = { type: 'end-session', session: 's1', device: phone } as const;
  given(contacts, bySession)
    .when({ ...end, later: [{ session: 's2', device: phone }] })
    .then(t);
  given(contacts, { type: 'people.device-registered.v1', data: { ...data, session: 's2' } })
    .when({ ...end, later: [{ session: 's2' }] })
    .then(t);
  given(contacts, bySession)
    .when({ ...end, later: [{ session: 's2', device: 'laptop' as DeviceId }] })
    .then(t, invalidated('session-ended'));
});

test('a device is invalidated once', (t) => {
  const command = { type: 'invalidate-device', device: phone, reason: 'removed-by-person' } as const;
  given(contacts, registered).when(command).then(t, invalidated('removed-by-person'));
  given(contacts, registered, invalidated('removed-by-person')).when(command).then(t);
});

test('a device counts as removed only when its person removed it or it made room, and not once it registers again', (t) => {
  t.is(deviceChangeIn(phone, registered), 'registered');
  t.is(deviceChangeIn(phone, invalidated('removed-by-person')), 'removed');
  t.is(deviceChangeIn(phone, invalidated('too-many-devices')), 'removed');
  for (const reason of ['replaced', 'token-unregistered', 'session-ended', 'token-claimed'] as const)
    t.is(deviceChangeIn(phone, invalidated(reason)), undefined, reason);
  const laptop = 'laptop' as DeviceId;
  for (const event of [registered, invalidated('removed-by-person'), emailSet(home)]) t.is(deviceChangeIn(laptop, event), undefined);
});

test('a token that its vendor no longer knows invalidates its device', (t) => {
  given(contacts, registered).when({ type: 'invalidate-endpoint', endpoint: token1, reason: 'token-unregistered' }).then(t, invalidated('token-unregistered'));
});

test('a token that its vendor no longer knows invalidates every device that has it', (t) => {
  const again = 'phone again' as DeviceId;
  given(contacts, registered, { type: 'people.device-registered.v1', data: { ...data, device: again } })
    .when({ type: 'invalidate-endpoint', endpoint: token1, reason: 'token-unregistered' })
    .then(t, invalidated('token-unregistered'), {
      type: 'people.device-invalidated.v1',
      data: { device: again, endpoint: token1, reason: 'token-unregistered' },
    });
});

test('a token that another device has claimed is invalidated on the one that had it', (t) => {
  const again: ContactsEvent = { type: 'people.device-registered.v1', data: { ...data, device: 'phone again' as DeviceId } };
  given(contacts, registered, again)
    .when({ type: 'invalidate-endpoint', endpoint: token1, device: phone, reason: 'token-claimed', deadSince: at })
    .then(t, invalidated('token-claimed'));
});

test('the end of an old token leaves the device with its new one', (t) => {
  const renewed: ContactsEvent = { type: 'people.device-registered.v1', data: { ...data, endpoint: token2 } };
  given(contacts, registered, invalidated('replaced'), renewed).when({ type: 'invalidate-endpoint', endpoint: token1, reason: 'token-unregistered' }).then(t);
  const state = [registered, renewed, invalidated('token-unregistered')].reduce(contacts.evolve, contacts.initialState);
  t.is(deviceOf(state, data.device)?.endpoint, token2);
});

test('a token that was registered again after its vendor dropped it is kept', (t) => {
  const invalidate = { type: 'invalidate-endpoint', endpoint: token1, reason: 'token-unregistered' } as const;
  const later: ContactsEvent = { type: 'people.device-registered.v1', data: { ...data, at: instant(2) } };
  given(contacts, later)
    .when({ ...invalidate, deadSince: instant(1) })
    .then(t);
  given(contacts, later)
    .when({ ...invalidate, deadSince: instant(3) })
    .then(t, invalidated('token-unregistered'));
});

test('addresses and tokens that were erased are removed like others', (t) => {
  const unreadable: ContactsEvent = { type: 'people.device-registered.v1', data: { ...data, token: erased } };
  given(contacts, unreadable).when({ type: 'invalidate-device', device: phone, reason: 'session-ended' }).then(t, invalidated('session-ended'));
});

test('the country of a number is known as long as the number is in use or waits to be confirmed', (t) => {
  const setPhone = (endpoint: string, country?: string): ContactsEvent => ({
    type: 'people.contact-set.v1',
    data: { kind: 'phone', endpoint: endpoint as EndpointId, address: '+49', ...(country !== undefined && { country }), unconfirmed: true },
  });
  const confirmed = (endpoint: string): ContactsEvent => ({ type: 'people.contact-confirmed.v1', data: { kind: 'phone', endpoint: endpoint as EndpointId } });
  const countriesAfter = (...events: readonly ContactsEvent[]) => events.reduce(contacts.evolve, contacts.initialState).phoneCountries;
  t.is(countriesAfter(setPhone('old')), undefined);
  t.deepEqual(countriesAfter(setPhone('de', 'DE'), confirmed('de'), setPhone('fr', 'FR')), { de: 'DE', fr: 'FR' } as Readonly<Record<EndpointId, string>>);
  t.deepEqual(countriesAfter(setPhone('de', 'DE'), setPhone('fr', 'FR')), { fr: 'FR' } as Readonly<Record<EndpointId, string>>);
  given(contacts)
    .when({ type: 'set-contact', kind: 'phone', endpoint: 'de' as EndpointId, address: '+49', country: 'DE', user })
    .then(t, setPhone('de', 'DE'));
});
