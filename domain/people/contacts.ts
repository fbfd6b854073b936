/** Where a person can be reached: one address of each kind, and devices. Addresses and tokens stay in the events; here an endpoint is an id. */
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import { isErased } from '../shared/event.ts';
import type { AppId, DeviceId, EndpointId } from '../shared/ids.ts';
import { DAY_MS, msBetween, type Instant } from '../shared/instant.ts';
import { emptyMap, valueOf, withEntry, without, type PersistentMap } from '../shared/persistent-map.ts';
import type { ContactsEvent, EndpointLoss, HardBlock } from './events.ts';
import type { ContactKind, Platform } from './notification-channels.ts';
import { refusalIfAbsent, type UserState } from './user.ts';

/** The device that was registered longest ago makes room for one more. */
export const DEVICES_MAX = 20;
/** A device that registers again unchanged is recorded as used again after so long. */
export const DEVICE_USE_RECORDED_AFTER_MS = 7 * DAY_MS;

export type Device = {
  readonly device: DeviceId;
  readonly endpoint: EndpointId;
  readonly platform: Platform;
  readonly app?: AppId;
  /** The digest of the session that registered it. */
  readonly session?: string;
  readonly at: Instant;
};

/** A session that is open: the digest of its id, and the device that it was opened on, if it named one. */
export type OpenSession = { readonly session: string; readonly device?: DeviceId };

export type ContactsState = {
  readonly email?: EndpointId;
  readonly phone?: EndpointId;
  /** By a code. What was set before there were codes is in use, and may be nobody's. */
  readonly confirmed?: { readonly [Kind in ContactKind]?: EndpointId };
  /** Set, and not confirmed yet; what was confirmed before stays in use. */
  readonly unconfirmed?: { readonly [Kind in ContactKind]?: EndpointId };
  /** Of telephone numbers in use and waiting to be confirmed, the country of each; absent where it isn't known. */
  readonly phoneCountries?: Readonly<Record<EndpointId, string>>;
  /** The one registered longest ago first. */
  readonly devices: readonly Device[];
  /** A block outlives the contact: setting the same address again doesn't take back the STOP. */
  readonly blocks: PersistentMap<EndpointId, HardBlock>;
};

/** `user` is the same person's: an erased person sets no new addresses. */
export type ContactsCommand =
  | {
      readonly type: 'set-contact';
      readonly kind: ContactKind;
      readonly endpoint: EndpointId;
      readonly address: string;
      readonly country?: string;
      readonly user: UserState;
    }
  /** The person has shown the code that was sent to the endpoint. */
  | { readonly type: 'confirm-contact'; readonly kind: ContactKind; readonly endpoint: EndpointId; readonly user: UserState }
  | { readonly type: 'remove-contact'; readonly kind: ContactKind }
  | { readonly type: 'block-endpoint'; readonly endpoint: EndpointId; readonly reason: HardBlock }
  | { readonly type: 'unblock-contact'; readonly kind: ContactKind; readonly user: UserState }
  | {
      readonly type: 'register-device';
      readonly device: DeviceId;
      readonly endpoint: EndpointId;
      readonly platform: Platform;
      readonly token: string;
      readonly app?: AppId;
      readonly session?: string;
      readonly user: UserState;
      /** When the token was claimed for this device. An older registration of it may be about to be invalidated for another owner. */
      readonly claimedAt?: Instant;
      readonly at: Instant;
    }
  /** `later`: the sessions that were opened after it and are still open: a device of theirs keeps its registration. */
  | (OpenSession & { readonly type: 'end-session'; readonly later: readonly OpenSession[] })
  | { readonly type: 'invalidate-device'; readonly device: DeviceId; readonly reason: EndpointLoss }
  /**
   * A vendor says that a token is dead, or another device has it now: on all devices, or on this one. `deadSince` spares a token
   * that was registered again after that (APNs tells the moment).
   */
  | {
      readonly type: 'invalidate-endpoint';
      readonly endpoint: EndpointId;
      readonly device?: DeviceId;
      readonly reason: EndpointLoss;
      readonly deadSince?: Instant;
    };

type Command<Type extends ContactsCommand['type']> = Extract<ContactsCommand, { type: Type }>;

export const contacts: Decider<ContactsState, ContactsCommand, ContactsEvent> = {
  initialState: { devices: [], blocks: emptyMap() },

  evolve: (state, event) => {
    switch (event.type) {
      case 'people.contact-set.v1': {
        const { kind, endpoint, unconfirmed, country } = event.data;
        const set = unconfirmed === true ? { ...state, unconfirmed: { ...state.unconfirmed, [kind]: endpoint } } : inUse(state, kind, endpoint);
        return country === undefined || isErased(country) ? set : withCountry(set, endpoint, country);
      }
      case 'people.contact-confirmed.v1':
        return { ...inUse(state, event.data.kind, event.data.endpoint), confirmed: { ...state.confirmed, [event.data.kind]: event.data.endpoint } };
      case 'people.contact-removed.v1':
        return withoutContact(state, event.data);
      case 'people.contact-blocked.v1':
        return { ...state, blocks: withEntry(state.blocks, event.data.endpoint, event.data.reason) };
      case 'people.contact-unblocked.v1':
        return { ...state, blocks: without(state.blocks, event.data.endpoint) };
      case 'people.device-registered.v1': {
        const { token: _, ...device } = event.data;
        return { ...state, devices: [...state.devices.filter((one) => one.device !== device.device), device] };
      }
      case 'people.device-invalidated.v1': {
        const { device, endpoint } = event.data;
        return { ...state, devices: state.devices.filter((one) => one.device !== device || one.endpoint !== endpoint) };
      }
    }
  },

  decide: (state, command) => {
    switch (command.type) {
      case 'set-contact':
        return setContact(state, command);
      case 'confirm-contact':
        return confirmContact(state, command);
      case 'remove-contact':
        return removeContact(state, command);
      case 'block-endpoint':
        return blockEndpoint(state, command);
      case 'unblock-contact':
        return unblockContact(state, command);
      case 'register-device':
        return registerDevice(state, command);
      case 'end-session':
        return endSession(state, command);
      case 'invalidate-device':
        return invalidateDevice(state, command);
      case 'invalidate-endpoint':
        return invalidateEndpoint(state, command);
    }
  },
};

/**
 * Whether an event registers or removes this device; undefined where it does neither. A token that is dead, or another's, concerns
 * pushes only: the device may still be in use. A session that was ended has connections of its own.
 */
export function deviceChangeIn(device: DeviceId, event: ContactsEvent): 'registered' | 'removed' | undefined {
  switch (event.type) {
    case 'people.device-registered.v1':
      return event.data.device === device ? 'registered' : undefined;
    case 'people.device-invalidated.v1':
      return event.data.device === device && isRemoval(event.data.reason) ? 'removed' : undefined;
    case 'people.contact-set.v1':
    case 'people.contact-confirmed.v1':
    case 'people.contact-removed.v1':
    case 'people.contact-blocked.v1':
    case 'people.contact-unblocked.v1':
      return undefined;
  }
}

const isRemoval = (reason: EndpointLoss): boolean => reason === 'removed-by-person' || reason === 'too-many-devices';

export const deviceOf = (state: ContactsState, device: DeviceId): Device | undefined => state.devices.find((one) => one.device === device);

/** The address in use, if the person has shown to read what arrives there. */
export const confirmedContact = (state: ContactsState, kind: ContactKind): EndpointId | undefined =>
  state[kind] === state.confirmed?.[kind] ? state[kind] : undefined;

export const blockOf = (state: ContactsState, endpoint: EndpointId): HardBlock | undefined => valueOf(state.blocks, endpoint);

function setContact(state: ContactsState, { kind, endpoint, address, country, user }: Command<'set-contact'>): Decision<ContactsEvent> {
  const absence = refusalIfAbsent(user);
  if (absence !== undefined) return absence;
  // An address that is in use needs no second confirmation: one that was to replace it is given up.
  const replacing = state.unconfirmed?.[kind];
  if (state[kind] === endpoint) return accept(...(replacing === undefined ? [] : [removed(kind, replacing)]));
  // Also where the same one waits already: the person asks for another code.
  return accept({ type: 'people.contact-set.v1', data: { kind, endpoint, address, ...(country !== undefined && { country }), unconfirmed: true } });
}

function confirmContact(state: ContactsState, { kind, endpoint, user }: Command<'confirm-contact'>): Decision<ContactsEvent> {
  const absence = refusalIfAbsent(user);
  if (absence !== undefined) return absence;
  if (state.unconfirmed?.[kind] === endpoint) return accept({ type: 'people.contact-confirmed.v1', data: { kind, endpoint } });
  return state[kind] === endpoint ? accept() : refuse('endpoint-unknown');
}

function removeContact(state: ContactsState, { kind }: Command<'remove-contact'>): Decision<ContactsEvent> {
  const endpoints = [state[kind], state.unconfirmed?.[kind]].filter((endpoint) => endpoint !== undefined);
  return accept(...endpoints.map((endpoint) => removed(kind, endpoint)));
}

const removed = (kind: ContactKind, endpoint: EndpointId): ContactsEvent => ({ type: 'people.contact-removed.v1', data: { kind, endpoint } });

/** Of two numbers at most: the one in use and the one that is to replace it. */
function withCountry(state: ContactsState, endpoint: EndpointId, country: string): ContactsState {
  const before = state.phone === undefined ? undefined : state.phoneCountries?.[state.phone];
  return { ...state, phoneCountries: { ...(state.phone !== undefined && before !== undefined && { [state.phone]: before }), [endpoint]: country } };
}

function inUse(state: ContactsState, kind: ContactKind, endpoint: EndpointId): ContactsState {
  return { ...withoutUnconfirmed(state, kind), [kind]: endpoint };
}

function withoutContact(state: ContactsState, { kind, endpoint }: { readonly kind: ContactKind; readonly endpoint: EndpointId }): ContactsState {
  if (state.unconfirmed?.[kind] === endpoint) return withoutUnconfirmed(state, kind);
  const { [kind]: _, ...rest } = state;
  return rest;
}

function withoutUnconfirmed(state: ContactsState, kind: ContactKind): ContactsState {
  const { unconfirmed, ...rest } = state;
  const { [kind]: _, ...others } = unconfirmed ?? {};
  return Object.keys(others).length === 0 ? rest : { ...rest, unconfirmed: others };
}

/** Also for an endpoint that was removed: a STOP may arrive after the number was replaced, and holds if it is set again. */
function blockEndpoint(state: ContactsState, { endpoint, reason }: Command<'block-endpoint'>): Decision<ContactsEvent> {
  if (blockOf(state, endpoint) === reason) return accept();
  return accept({ type: 'people.contact-blocked.v1', data: { endpoint, reason } });
}

/** Unblocks the addresses that are set now, confirmed or not. An older one has to be set again first, and its block is still there then. */
function unblockContact(state: ContactsState, { kind, user }: Command<'unblock-contact'>): Decision<ContactsEvent> {
  const absence = refusalIfAbsent(user);
  if (absence !== undefined) return absence;
  const endpoints = [state[kind], state.unconfirmed?.[kind]].filter((endpoint) => endpoint !== undefined);
  if (endpoints.length === 0) return refuse('endpoint-unknown');
  const blocked = endpoints.filter((endpoint) => blockOf(state, endpoint) !== undefined);
  return accept(...blocked.map((endpoint): ContactsEvent => ({ type: 'people.contact-unblocked.v1', data: { endpoint } })));
}

function registerDevice(state: ContactsState, command: Command<'register-device'>): Decision<ContactsEvent> {
  const { type: _, user, claimedAt, ...device } = command;
  const absence = refusalIfAbsent(user);
  if (absence !== undefined) return absence;
  const before = deviceOf(state, device.device);
  const registered: ContactsEvent = { type: 'people.device-registered.v1', data: device };
  if (before === undefined) return accept(...roomForOne(state), registered);
  if (before.endpoint !== device.endpoint) return accept(invalidated(before, 'replaced'), registered);
  const isSame = before.platform === device.platform && before.app === device.app && before.session === device.session;
  const isFresh = msBetween(before.at, device.at) < DEVICE_USE_RECORDED_AFTER_MS && (claimedAt === undefined || before.at >= claimedAt);
  return isSame && isFresh ? accept() : accept(registered);
}

const roomForOne = ({ devices }: ContactsState): readonly ContactsEvent[] =>
  devices.slice(0, Math.max(0, devices.length + 1 - DEVICES_MAX)).map((oldest) => invalidated(oldest, 'too-many-devices'));

/** The devices that the session registered, and the one that it was opened on. */
function endSession(state: ContactsState, { session, device, later }: Command<'end-session'>): Decision<ContactsEvent> {
  const isOf = (one: Device, open: OpenSession) => one.session === open.session || one.device === open.device;
  const ended = state.devices.filter((one) => isOf(one, { session, ...(device !== undefined && { device }) }) && !later.some((other) => isOf(one, other)));
  return accept(...ended.map((one) => invalidated(one, 'session-ended')));
}

/** A device that isn't registered counts as invalidated. */
function invalidateDevice(state: ContactsState, { device, reason }: Command<'invalidate-device'>): Decision<ContactsEvent> {
  const known = deviceOf(state, device);
  return known === undefined ? accept() : accept(invalidated(known, reason));
}

/** An app that was reinstalled may have registered the same token for another device: the token is dead there too. */
function invalidateEndpoint(state: ContactsState, { endpoint, device, reason, deadSince }: Command<'invalidate-endpoint'>): Decision<ContactsEvent> {
  const isDead = (one: Device) =>
    one.endpoint === endpoint && (device === undefined || one.device === device) && (deadSince === undefined || one.at <= deadSince);
  const dead = state.devices.filter(isDead);
  return accept(...dead.map((device) => invalidated(device, reason)));
}

const invalidated = ({ device, endpoint }: Device, reason: EndpointLoss): ContactsEvent => ({
  type: 'people.device-invalidated.v1',
  data: { device, endpoint, reason },
});
