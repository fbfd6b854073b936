/** The apps that may request notifications. The secret itself is in the vault; the events only record that it was changed. */
import { accept, refuse, type Decider, type Decision } from '../../shared/decider.ts';
import type { AppId, AppKeyId } from '../../shared/ids.ts';
import { refusalOfText } from '../../shared/text/text.ts';
import type { AppEvent, AppQuota, KeyScope, SenderIdentity } from './events.ts';
import { refusalOfIdentity } from './sender-identity.ts';

export const APP_NAME_LENGTH_MAX_CHARACTERS = 100;
/** Beside its secret: a signature that matches none of them is tried with each. */
export const APP_KEYS_MAX = 10;

export type AppState = { readonly status: 'none' } | ActiveApp | { readonly status: 'disabled' };
export type ActiveApp = {
  readonly status: 'active';
  readonly identity?: SenderIdentity;
  /** For good: what was planned while it was one must never reach anybody. */
  readonly sandbox?: true;
  /** The oldest first; absent where there are none. */
  readonly keys?: readonly AppKey[];
  readonly quota?: AppQuota;
};
export type AppKey = { readonly key: AppKeyId; readonly name: string; readonly scopes: readonly KeyScope[] };

export type AppCommand =
  | { readonly type: 'register'; readonly app: AppId; readonly name: string; readonly sandbox?: boolean }
  | { readonly type: 'rotate-secret'; readonly app: AppId }
  | { readonly type: 'set-identity'; readonly app: AppId; readonly identity: SenderIdentity }
  | ({ readonly type: 'add-key'; readonly app: AppId } & AppKey)
  | { readonly type: 'remove-key'; readonly app: AppId; readonly key: AppKeyId }
  | { readonly type: 'set-quota'; readonly app: AppId; readonly quota: AppQuota }
  | { readonly type: 'disable'; readonly app: AppId };

export const app: Decider<AppState, AppCommand, AppEvent> = {
  initialState: { status: 'none' },

  evolve: (state, event) => {
    switch (event.type) {
      case 'notifications.app-registered.v1':
        return { status: 'active', ...(event.data.sandbox === true && { sandbox: true }) };
      case 'notifications.secret-rotated.v1':
        return state;
      case 'notifications.app-disabled.v1':
        return { status: 'disabled' };
      case 'notifications.sender-identity-set.v1':
        return state.status === 'active' ? { ...state, identity: event.data.identity } : state;
      case 'notifications.app-key-added.v1': {
        const { app: _, ...added } = event.data;
        return state.status === 'active' ? { ...state, keys: [...(state.keys ?? []), added] } : state;
      }
      case 'notifications.app-key-removed.v1':
        return state.status === 'active' ? { ...state, keys: (state.keys ?? []).filter(({ key }) => key !== event.data.key) } : state;
      case 'notifications.app-quota-set.v1':
        return state.status === 'active' ? { ...state, quota: event.data.quota } : state;
    }
  },

  decide: (state, command) => {
    const { app } = command;
    switch (command.type) {
      case 'register':
        if (state.status === 'disabled') return refuse('app-disabled');
        if (state.status === 'active') return accept();
        return faultOfName(command.name) ?? accept({ type: 'notifications.app-registered.v1', data: registered(command) });
      case 'rotate-secret':
        return refusalOfInactive(state) ?? accept({ type: 'notifications.secret-rotated.v1', data: { app } });
      case 'set-identity':
        return (
          refusalOfInactive(state) ??
          refusalOfIdentity(command.identity) ??
          accept({ type: 'notifications.sender-identity-set.v1', data: { app, identity: command.identity } })
        );
      case 'add-key':
        return addKey(state, command);
      case 'remove-key':
        return keysOf(state).some(({ key }) => key === command.key)
          ? accept({ type: 'notifications.app-key-removed.v1', data: { app, key: command.key } })
          : (refusalOfInactive(state) ?? accept());
      case 'set-quota':
        return refusalOfInactive(state) ?? accept({ type: 'notifications.app-quota-set.v1', data: { app, quota: command.quota } });
      case 'disable':
        if (state.status === 'none') return refuse('app-unknown');
        return state.status === 'disabled' ? accept() : accept({ type: 'notifications.app-disabled.v1', data: { app } });
    }
  },
};

export const keysOf = (state: AppState): readonly AppKey[] => (state.status === 'active' ? (state.keys ?? []) : []);

function addKey(state: AppState, { app, key, name, scopes }: Extract<AppCommand, { type: 'add-key' }>): Decision<AppEvent> {
  const refusal = refusalOfInactive(state) ?? faultOfName(name);
  if (refusal !== undefined) return refusal;
  const keys = keysOf(state);
  if (keys.some((one) => one.key === key)) return accept();
  if (keys.length >= APP_KEYS_MAX) return refuse('app-keys-full', { max: APP_KEYS_MAX });
  return accept({ type: 'notifications.app-key-added.v1', data: { app, key, name, scopes: [...new Set(scopes)].toSorted() } });
}

/** The refusal for an app that is unknown or disabled; undefined for an active one. */
export function refusalOfInactive(state: AppState): Decision<never> | undefined {
  switch (state.status) {
    case 'none':
      return refuse('app-unknown');
    case 'disabled':
      return refuse('app-disabled');
    case 'active':
      return undefined;
  }
}

const registered = ({ app, name, sandbox }: Extract<AppCommand, { type: 'register' }>) => ({ app, name, ...(sandbox === true && { sandbox }) });

const faultOfName = (name: string) =>
  refusalOfText(name, { maxCharacters: APP_NAME_LENGTH_MAX_CHARACTERS, blank: 'name-empty', tooLong: 'name-too-long', lines: 'one' });
