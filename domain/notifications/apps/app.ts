/** The apps that may request notifications. The secret itself is in the vault; the events only record that it was changed. */
import { accept, refuse, type Decider, type Decision } from '../../shared/decider.ts';
import type { AppId } from '../../shared/ids.ts';
import { refusalOfText } from '../../shared/text.ts';
import type { AppEvent, SenderIdentity } from './events.ts';
import { refusalOfIdentity } from './sender-identity.ts';

export const APP_NAME_LENGTH_MAX_CHARACTERS = 100;

export type AppState = { readonly status: 'none' } | { readonly status: 'active'; readonly identity?: SenderIdentity } | { readonly status: 'disabled' };

export type AppCommand =
  | { readonly type: 'register'; readonly app: AppId; readonly name: string }
  | { readonly type: 'rotate-secret'; readonly app: AppId }
  | { readonly type: 'set-identity'; readonly app: AppId; readonly identity: SenderIdentity }
  | { readonly type: 'disable'; readonly app: AppId };

export const app: Decider<AppState, AppCommand, AppEvent> = {
  initialState: { status: 'none' },

  evolve: (state, event) => {
    switch (event.type) {
      case 'notifications.app-registered.v1':
        return { status: 'active' };
      case 'notifications.secret-rotated.v1':
        return state;
      case 'notifications.app-disabled.v1':
        return { status: 'disabled' };
      case 'notifications.sender-identity-set.v1':
        return state.status === 'active' ? { status: 'active', identity: event.data.identity } : state;
    }
  },

  decide: (state, command) => {
    const { app } = command;
    switch (command.type) {
      case 'register':
        if (state.status === 'disabled') return refuse('app-disabled');
        if (state.status === 'active') return accept();
        return faultOfName(command.name) ?? accept({ type: 'notifications.app-registered.v1', data: { app, name: command.name } });
      case 'rotate-secret':
        return refusalOfInactive(state) ?? accept({ type: 'notifications.secret-rotated.v1', data: { app } });
      case 'set-identity':
        return (
          refusalOfInactive(state) ??
          refusalOfIdentity(command.identity) ??
          accept({ type: 'notifications.sender-identity-set.v1', data: { app, identity: command.identity } })
        );
      case 'disable':
        if (state.status === 'none') return refuse('app-unknown');
        return state.status === 'disabled' ? accept() : accept({ type: 'notifications.app-disabled.v1', data: { app } });
    }
  },
};

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

const faultOfName = (name: string) =>
  refusalOfText(name, { maxCharacters: APP_NAME_LENGTH_MAX_CHARACTERS, blank: 'name-empty', tooLong: 'name-too-long', lines: 'one' });
