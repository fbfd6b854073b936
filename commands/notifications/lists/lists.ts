/** Apps' lists of people. */
import { app } from '../../../domain/notifications/apps/app.ts';
import { list } from '../../../domain/notifications/lists/list.ts';
import type { AppId, ListId, PersonId } from '../../../domain/shared/ids.ts';
import { appStream, listStream } from '../../../domain/shared/streams.ts';
import type { CommandContext } from '../../handling/command-context.ts';
import { createdIdOf } from '../../handling/deterministic-ids.ts';
import type { CommandHandling } from '../../handling/handle.ts';
import { refused, type CommandResult, type CreateResult } from '../../handling/results.ts';

/** The list's id follows from the command: two requests under one key make one list. */
export const createList =
  ({ handle, loadState }: CommandHandling) =>
  async ({ app: by, name }: { readonly app: AppId; readonly name: string }, context: CommandContext): Promise<CreateResult<ListId>> => {
    const id = createdIdOf<ListId>(context.command, 'list');
    const owner = await loadState(app, appStream(by));
    const command = { type: 'create', list: id, app: by, appState: owner.state, name, at: context.at } as const;
    return { id, handled: await handle(list, listStream(id), command, context, { readRevisions: [owner] }) };
  };

export type ListChange = { readonly list: ListId; readonly add: readonly PersonId[]; readonly remove: readonly PersonId[] };

/** Who is in both is no member afterwards. */
export const changeList =
  ({ handle, loadState }: CommandHandling) =>
  async ({ list: id, app: by, add, remove }: ListChange & { readonly app: AppId }, context: CommandContext): Promise<CommandResult> => {
    const owner = await loadState(app, appStream(by));
    const command = { type: 'change', list: id, app: by, appState: owner.state, add, remove, at: context.at } as const;
    return handle(list, listStream(id), command, context, { readRevisions: [owner] });
  };

/** For an operator, who may change the list of any app. */
export const changeListOfAnyApp = (handling: CommandHandling) => {
  const change = changeList(handling);
  return async (changed: ListChange, context: CommandContext): Promise<CommandResult> => {
    const { state } = await handling.loadState(list, listStream(changed.list));
    return state.status === 'none' ? refused('list-unknown') : change({ ...changed, app: state.app }, context);
  };
};

export const removeList =
  ({ handle, loadState }: CommandHandling) =>
  async ({ list: id, app: by }: { readonly list: ListId; readonly app: AppId }, context: CommandContext): Promise<CommandResult> => {
    const owner = await loadState(app, appStream(by));
    const command = { type: 'remove', list: id, app: by, appState: owner.state, at: context.at } as const;
    return handle(list, listStream(id), command, context, { readRevisions: [owner] });
  };
