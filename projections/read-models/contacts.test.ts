import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { DeviceId, EndpointId } from '../../domain/shared/ids.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import type { AnyProjector } from '../projection.ts';
import { foldedDocuments, inStreamOrder, withErasures } from '../test-fixture.ts';
import { at, everything } from '../testing/history.ts';
import { contacts } from './contacts.ts';

let folder: string;
let views: ViewStore;
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidings-contacts-'));
  views = await startSqliteViews(join(folder, 'views.sqlite'));
});
test.after.always(async () => {
  await views[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const documentsOf = (projector: AnyProjector) => foldedDocuments(views, projector, [withErasures(inStreamOrder(everything))]);

test('contacts are the present ones; an erased person has none', async (t) => {
  const { contacts: documents } = await documentsOf(contacts);
  t.deepEqual(documents?.['ann'], {
    person: 'ann',
    contacts: { email: { endpoint: 'mail', address: 'ann@example.org', blocked: null } },
    unconfirmed: {},
    devices: [{ device: 'd2', endpoint: 'phone', platform: 'apns', token: 't2', app: 'shop', since: at }],
    blocks: {},
  });
  t.deepEqual(documents?.['cyd'], { person: 'cyd', contacts: {}, unconfirmed: {}, devices: [], blocks: {} });
});

test('an address that was blocked is shown as blocked when it is set again', async (t) => {
  const [home, work] = ['home', 'work'] as [EndpointId, EndpointId];
  const set = (endpoint: EndpointId) => ({ type: 'people.contact-set.v1', data: { kind: 'email', endpoint, address: `${endpoint}@example.org` } }) as const;
  const blocked = { type: 'people.contact-blocked.v1', data: { endpoint: home, reason: 'complaint' } } as const;
  const { contacts: documents } = await foldedDocuments(views, contacts, [inStreamOrder({ 'contacts-bob': [set(home), set(work), blocked, set(home)] })]);
  t.like(documents?.['bob'], { contacts: { email: { endpoint: home, blocked: 'complaint' } } });
});

test('an address that waits to be confirmed stands beside the one in use, and takes its place when it is', async (t) => {
  const [home, work] = ['home', 'work'] as [EndpointId, EndpointId];
  const set = (endpoint: EndpointId) =>
    ({ type: 'people.contact-set.v1', data: { kind: 'email', endpoint, address: `${endpoint}@example.org`, unconfirmed: true } }) as const;
  const confirmed = (endpoint: EndpointId) => ({ type: 'people.contact-confirmed.v1', data: { kind: 'email', endpoint } }) as const;
  const after = async (...events: Parameters<typeof inStreamOrder>[0][string]) =>
    (await foldedDocuments(views, contacts, [inStreamOrder({ 'contacts-bob': events })])).contacts?.['bob'];
  t.like(await after(set(home)), { contacts: {}, unconfirmed: { email: { endpoint: home } } });
  t.like(await after(set(home), confirmed(home), set(work)), { contacts: { email: { endpoint: home } }, unconfirmed: { email: { endpoint: work } } });
  t.like(await after(set(home), confirmed(home), set(work), confirmed(work)), { contacts: { email: { endpoint: work } }, unconfirmed: {} });
});

test('a device that is invalidated leaves another one with the same token', async (t) => {
  const token = 'token' as EndpointId;
  const [old, anew] = ['old', 'anew'] as [DeviceId, DeviceId];
  const registered = (device: DeviceId) =>
    ({ type: 'people.device-registered.v1', data: { device, endpoint: token, platform: 'fcm', token: 't', at } }) as const;
  const invalidated = { type: 'people.device-invalidated.v1', data: { device: old, endpoint: token, reason: 'removed-by-person' } } as const;
  const { contacts: documents } = await foldedDocuments(views, contacts, [inStreamOrder({ 'contacts-bob': [registered(old), registered(anew), invalidated] })]);
  t.like(documents?.['bob'], { devices: [{ device: anew }] });
});
