/** Shows apps' lists and how far the notifications to them have come, changes members, and pauses, resumes and cancels what is being planned. */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import type { CommandResult } from '../../../commands/handling/results.ts';
import type { ActingOperator } from '../../../domain/operators/roles.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { sentenceOf } from '../../../domain/shared/refusals.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import { contextFor, expectDone } from '../operators/operators.ts';
import { ControlFailure, type ControlOperations, type OperationRequest } from '../protocol.ts';
import type { CampaignLine, ListLine, ListLines } from './protocol.ts';

type Dependencies = {
  readonly views: Pick<TidingsViews, 'find' | 'get' | 'getMany'>;
  readonly commands: Pick<Commands, 'changeListOfAnyApp' | 'steerCampaign' | 'cancelNotification'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

export const createListOperations = (dependencies: Dependencies) =>
  ({
    'list-lists': (request) => listLists(dependencies, request),
    'change-list': async function* (request, _signal, by) {
      const change = { add: [], remove: [], ...request };
      expectDone(await dependencies.commands.changeListOfAnyApp(change, contextFor(dependencies, by, 'change-list')));
      yield { list: change.list, changed: change.add.length + change.remove.length };
    },
    'list-campaigns': (request) => listCampaigns(dependencies, request),
    'steer-campaign': (request, _signal, by) => steerCampaign(dependencies, request, by),
  }) satisfies ControlOperations;

async function* listLists({ views }: Dependencies, { app, limit }: OperationRequest<'list-lists'>): AsyncIterable<ListLine> {
  const found = await views.find('lists', { ...(app !== undefined && { where: { app, status: 'active' } }), order: { _id: 1 }, limit });
  const sizes = await views.getMany(
    'list-sizes',
    found.map(({ list }) => list),
  );
  for (const [i, { list, app: of, name, status, createdAt, changedAt }] of found.entries()) {
    yield { list, app: of, name, status, members: sizes[i]?.members ?? 0, createdAt, changedAt };
  }
}

async function* listCampaigns({ views }: Dependencies, { limit }: OperationRequest<'list-campaigns'>): AsyncIterable<CampaignLine> {
  for (const { ranges: _ranges, _id, position: _position, ...line } of await views.find('campaigns', { order: { requestedAt: -1 }, limit })) yield line;
}

async function* steerCampaign(
  dependencies: Dependencies,
  request: OperationRequest<'steer-campaign'>,
  by: ActingOperator,
): AsyncIterable<ListLines['steer-campaign']> {
  const result = await steer(dependencies, request, by);
  expectDone(result);
  yield { notification: request.notification, outcome: result.outcome === 'appended' ? 'appended' : 'unchanged' };
}

async function steer(dependencies: Dependencies, { notification, to }: OperationRequest<'steer-campaign'>, by: ActingOperator): Promise<CommandResult> {
  const { commands, views } = dependencies;
  const context = contextFor(dependencies, by, `${to}-campaign`);
  if (to !== 'cancel') return commands.steerCampaign({ notification, to }, context);
  const app = (await views.get('campaigns', notification))?.app;
  if (app === undefined || app === null) throw new ControlFailure('unknown', sentenceOf('notification-unknown'));
  return commands.cancelNotification({ notification, app }, context);
}
