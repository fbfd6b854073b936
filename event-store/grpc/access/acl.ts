/**
 * Access control of streams: the stream's own `$acl`, else the `$settings` stream's list for its kind, else EventStoreDB's defaults
 * (user streams are open to every user; `$all` and system streams, whose names begin with `$`, to administrators).
 */
import type { EventStore } from '../../store.ts';
import { isMetastream, streamOf } from '../../storage/stream-metadata.ts';
import { ADMINS, OPERATORS, type Caller } from './authentication.ts';

type StreamAction = 'read' | 'write' | 'delete';

export type AccessControl = {
  mayUse(caller: Caller, action: StreamAction, stream: string): boolean;
  /** May take events from a persistent subscription, which others then don't get. */
  mayConsume(caller: Caller, stream: string): boolean;
  /** May create, update, delete and replay persistent subscriptions. */
  mayOperate(caller: Caller): boolean;
  isAuthenticated(caller: Caller): boolean;
};

export const ALL_STREAM = '$all';

export function accessControl(store: Pick<EventStore, 'streamMetadata' | 'readStream'>): AccessControl {
  const mayUse: AccessControl['mayUse'] = (caller, action, stream) => {
    if (stream === ALL_STREAM && action !== 'read') return false;
    if (caller.kind !== 'user') return caller.kind === 'trusted';
    if (caller.readsOnly === true) return action === 'read';
    const right = rightFor(action, stream);
    if (right === undefined) return false;
    if (isAdmin(caller)) return true;
    const subject = isMetastream(stream) ? streamOf(stream) : stream;
    return rolesFor(store, right, subject).some((role) => role === EVERYONE || role === caller.login || caller.groups.includes(role));
  };
  return {
    mayUse,
    mayConsume: (caller, stream) => caller.kind !== 'anonymous' && !(caller.kind === 'user' && caller.readsOnly === true) && mayUse(caller, 'read', stream),
    mayOperate: (caller) => caller.kind === 'trusted' || (caller.kind === 'user' && (isAdmin(caller) || caller.groups.includes(OPERATORS))),
    isAuthenticated: (caller) => caller.kind !== 'anonymous',
  };
}

const EVERYONE = '$all';
const SETTINGS_STREAM = '$settings';

type Right = '$r' | '$w' | '$d' | '$mr' | '$mw';

const isAdmin = (caller: Extract<Caller, { kind: 'user' }>) => caller.groups.includes(ADMINS);

function rightFor(action: StreamAction, stream: string): Right | undefined {
  const ofMetadata = isMetastream(stream);
  switch (action) {
    case 'read':
      return ofMetadata ? '$mr' : '$r';
    case 'write':
      return ofMetadata ? '$mw' : '$w';
    case 'delete':
      return ofMetadata ? undefined : '$d';
  }
}

function rolesFor(store: Pick<EventStore, 'streamMetadata' | 'readStream'>, right: Right, stream: string): readonly string[] {
  const own = store.streamMetadata(stream).metadata['$acl'];
  const kind = isDefaultAclName(own) ? own : stream.startsWith('$') ? '$systemStreamAcl' : '$userStreamAcl';
  return rolesIn(own, right) ?? rolesIn(settings(store)[kind], right) ?? [kind === '$systemStreamAcl' ? ADMINS : EVERYONE];
}

/** In place of roles, an `$acl` may name one of the two default lists. */
const isDefaultAclName = (acl: unknown) => acl === '$systemStreamAcl' || acl === '$userStreamAcl';

/** One role or a list of roles; anything else counts as absent. */
function rolesIn(acl: unknown, right: Right): readonly string[] | undefined {
  const roles = isObject(acl) ? acl[right] : undefined;
  if (typeof roles === 'string') return [roles];
  return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : undefined;
}

function settings(store: Pick<EventStore, 'readStream'>): Readonly<Record<string, unknown>> {
  const read = store.readStream(SETTINGS_STREAM, { from: 'end', direction: 'backwards', limit: 1 });
  const [last] = read.outcome === 'found' ? read.events : [];
  if (last === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(Buffer.from(last.data).toString('utf8'));
    return isObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
