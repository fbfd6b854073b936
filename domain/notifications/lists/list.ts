/**
 * An app's list of people, to whom a notification can go without naming them. It may have any number of members, so nothing here knows
 * them: a change is appended as it is asked for, in events of a bounded size, and who is a member is what the changes come to.
 */
import { accept, refuse, type Decider, type Decision } from '../../shared/decider.ts';
import type { AppId, ListId, PersonId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import { refusalOfText } from '../../shared/text/text.ts';
import { refusalOfInactive, type AppState } from '../apps/app.ts';
import type { ListEvent } from './events.ts';

export const LIST_NAME_LENGTH_MAX_CHARACTERS = 100;
export const MEMBERS_IN_EVENT_MAX = 500;
/** Of one change, added and removed together. Ids of so many people are a fifth of what the log takes at once. */
export const MEMBERS_IN_CHANGE_MAX = 5_000;

export type ListState = { readonly status: 'none' } | { readonly status: 'active' | 'removed'; readonly app: AppId };

/** `appState`: of the app that asks. */
export type ListCommand = { readonly list: ListId; readonly app: AppId; readonly appState: AppState; readonly at: Instant } & (
  | { readonly type: 'create'; readonly name: string }
  /** Who is in both is no member afterwards. */
  | { readonly type: 'change'; readonly add: readonly PersonId[]; readonly remove: readonly PersonId[] }
  | { readonly type: 'remove' }
);

type CommandOf<Type extends ListCommand['type']> = Extract<ListCommand, { readonly type: Type }>;

export const list: Decider<ListState, ListCommand, ListEvent> = {
  initialState: { status: 'none' },
  reads: 'tail',

  evolve: (_, event) => ({ status: event.type === 'notifications.list-removed.v1' ? 'removed' : 'active', app: event.data.app }),

  decide: (state, command) => {
    const inactive = refusalOfInactive(command.appState);
    if (inactive !== undefined) return inactive;
    if (command.type === 'create') return create(state, command);
    const { list, app, at } = command;
    if (state.status === 'none' || state.app !== app) return refuse('list-unknown');
    if (command.type === 'remove') return state.status === 'removed' ? accept() : accept({ type: 'notifications.list-removed.v1', data: { list, app, at } });
    return state.status === 'removed' ? refuse('list-unknown') : change(command);
  },
};

/** Why an app can't send to the list, or nothing. */
export const refusalOfList = (state: ListState, app: AppId): Decision<never> | undefined =>
  state.status === 'active' && state.app === app ? undefined : refuse('list-unknown');

function create(state: ListState, { list, app, name, at }: CommandOf<'create'>): Decision<ListEvent> {
  if (state.status !== 'none') return state.app === app ? accept() : refuse('list-unknown');
  const fault = refusalOfText(name, { maxCharacters: LIST_NAME_LENGTH_MAX_CHARACTERS, blank: 'name-empty', tooLong: 'name-too-long', lines: 'one' });
  return fault ?? accept({ type: 'notifications.list-created.v1', data: { list, app, name, at } });
}

function change({ list, app, add, remove, at }: CommandOf<'change'>): Decision<ListEvent> {
  if (add.length + remove.length > MEMBERS_IN_CHANGE_MAX) return refuse('too-many-members', { max: MEMBERS_IN_CHANGE_MAX });
  const added = inEvents(add).map((members): ListEvent => ({ type: 'notifications.list-members-added.v1', data: { list, app, members, at } }));
  const removed = inEvents(remove).map((members): ListEvent => ({ type: 'notifications.list-members-removed.v1', data: { list, app, members, at } }));
  return accept(...added, ...removed);
}

function inEvents(members: readonly PersonId[]): readonly (readonly PersonId[])[] {
  const once = [...new Set(members)];
  return Array.from({ length: Math.ceil(once.length / MEMBERS_IN_EVENT_MAX) }, (_, i) => once.slice(i * MEMBERS_IN_EVENT_MAX, (i + 1) * MEMBERS_IN_EVENT_MAX));
}
