/** A person's addresses and devices: one document a person. */
import { isErased } from '../../domain/shared/event.ts';
import type { AppId, DeviceId, EndpointId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { ContactsEvent, HardBlock, UserEvent } from '../../domain/people/events.ts';
import type { ContactKind, Platform } from '../../domain/people/notification-channels.ts';
import type { Projector } from '../projection.ts';

type ContactEntry = { readonly endpoint: EndpointId; readonly address: string; readonly blocked: HardBlock | null };
type ContactEntries = { readonly [Kind in ContactKind]?: ContactEntry };

type DeviceEntry = {
  readonly device: DeviceId;
  readonly endpoint: EndpointId;
  readonly platform: Platform;
  readonly token: string;
  readonly app: AppId | null;
  readonly since: Instant;
};

/** Id: the person. An erased address or token is not listed at all: nothing can be sent to it. */
export type ContactsDocument = {
  readonly person: PersonId;
  readonly contacts: ContactEntries;
  /** Set, and not confirmed yet. */
  readonly unconfirmed: ContactEntries;
  readonly devices: readonly DeviceEntry[];
  /** By endpoint, also of removed contacts: a block outlives the contact, and holds when the contact is set again. */
  readonly blocks: Readonly<Record<EndpointId, HardBlock>>;
};

type HandledEvent = ContactsEvent | Extract<UserEvent, { type: 'people.person-erased.v1' }>;

export const contacts = {
  kind: 'projector',
  name: 'contacts',
  version: 3,
  handles: [
    'people.contact-set.v1',
    'people.contact-confirmed.v1',
    'people.contact-removed.v1',
    'people.contact-blocked.v1',
    'people.contact-unblocked.v1',
    'people.device-registered.v1',
    'people.device-invalidated.v1',
    'people.person-erased.v1',
  ],
  indexes: { contacts: [{ fields: ['person'] }] },

  project: (event, { contacts }) => {
    const person = event.key as PersonId;
    if (event.type === 'people.person-erased.v1') contacts.patch({ person }, { contacts: {}, unconfirmed: {}, devices: [] });
    else contacts.update(person, event, (before = { person, contacts: {}, unconfirmed: {}, devices: [], blocks: {} }) => changed(before, event));
  },
} as const satisfies Projector<HandledEvent, { contacts: ContactsDocument }>;

function changed(before: ContactsDocument, event: ContactsEvent): ContactsDocument {
  switch (event.type) {
    case 'people.contact-set.v1': {
      const { kind, endpoint, address, unconfirmed } = event.data;
      const set = unconfirmed === true ? 'unconfirmed' : 'contacts';
      const after = unconfirmed === true ? before : { ...before, unconfirmed: without(before.unconfirmed, kind) };
      if (isErased(address)) return { ...after, [set]: without(after[set], kind) };
      return { ...after, [set]: { ...after[set], [kind]: { endpoint, address, blocked: before.blocks[endpoint] ?? null } } };
    }
    case 'people.contact-confirmed.v1': {
      const { kind, endpoint } = event.data;
      const entry = before.unconfirmed[kind];
      if (entry?.endpoint !== endpoint) return before; // seen before, or its address was erased
      return { ...before, contacts: { ...before.contacts, [kind]: entry }, unconfirmed: without(before.unconfirmed, kind) };
    }
    case 'people.contact-removed.v1': {
      const { kind, endpoint } = event.data;
      const removed = (entries: ContactEntries) => (entries[kind]?.endpoint === endpoint ? without(entries, kind) : entries);
      return { ...before, contacts: removed(before.contacts), unconfirmed: removed(before.unconfirmed) };
    }
    case 'people.contact-blocked.v1':
      return withBlock(before, event.data.endpoint, event.data.reason);
    case 'people.contact-unblocked.v1':
      return withBlock(before, event.data.endpoint, null);
    case 'people.device-registered.v1': {
      const { device, endpoint, platform, token, app = null, at } = event.data;
      const others = before.devices.filter((other) => other.device !== device);
      return { ...before, devices: isErased(token) ? others : [...others, { device, endpoint, platform, token, app, since: at }] };
    }
    case 'people.device-invalidated.v1':
      return { ...before, devices: before.devices.filter(({ device, endpoint }) => device !== event.data.device || endpoint !== event.data.endpoint) };
  }
}

function without(entries: ContactEntries, kind: ContactKind): ContactEntries {
  return Object.fromEntries(Object.entries(entries).filter(([other]) => other !== kind));
}

function withBlock(before: ContactsDocument, endpoint: EndpointId, blocked: HardBlock | null): ContactsDocument {
  const marked = (entries: ContactEntries): ContactEntries =>
    Object.fromEntries(Object.entries(entries).map(([kind, contact]) => [kind, contact.endpoint === endpoint ? { ...contact, blocked } : contact]));
  const { [endpoint]: _, ...others } = before.blocks;
  return {
    ...before,
    contacts: marked(before.contacts),
    unconfirmed: marked(before.unconfirmed),
    blocks: blocked === null ? others : { ...others, [endpoint]: blocked },
  };
}
