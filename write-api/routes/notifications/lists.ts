/** Apps' lists of people, and the planning of the notifications that go to one. */
import { z } from 'zod';
import { LIST_NAME_LENGTH_MAX_CHARACTERS, MEMBERS_IN_CHANGE_MAX } from '../../../domain/notifications/lists/list.ts';
import { campaignStream, listStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { listId, notificationId, personId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';
import { LINE_REFUSALS } from '../../line-refusals.ts';

/** The domain refuses more than it allows, with that number; this only bounds the work. */
const MEMBERS_IN_REQUEST_MAX = 2 * MEMBERS_IN_CHANGE_MAX;
/** An id with its quotation marks, comma and as much again for how a client lays it out: all of them are below what proxies take, 1 MiB. */
const MEMBER_BYTES = 2 * 39;

const members = z.array(personId).max(MEMBERS_IN_REQUEST_MAX).optional();
const stream = listStream(EXAMPLE.list);

export function listRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const ofApp = { callers: ['app'], scope: 'lists', tag: 'Lists', limits: [{ limit: limits.appRequests, by: 'caller' }] } as const;
  const ofList = { ...ofApp, params: z.strictObject({ list: listId }) } as const;
  return [
    command(dependencies, {
      ...ofApp,
      method: 'post',
      path: '/v1/lists',
      operationId: 'createList',
      summary: 'Create a list',
      description: 'Creates a list of people without any members. A notification can name it in place of recipients.',
      example: { body: { name: 'Subscribers' }, result: { id: EXAMPLE.list }, stream },
      body: z.strictObject({
        name: z
          .string()
          .meta({ description: `The name of the list, for you: at most ${LIST_NAME_LENGTH_MAX_CHARACTERS} characters.`, examples: ['Subscribers'] }),
      }),
      refusals: ['app-unknown', 'app-disabled', 'name-empty', 'name-too-long', ...LINE_REFUSALS, 'list-unknown'],
      resultFields: { id: listId },
      execute: ({ caller: { app }, body: { name } }, context) => commands.createList({ app, name }, context),
    }),

    command(dependencies, {
      ...ofList,
      method: 'post',
      path: '/v1/lists/:list/members',
      operationId: 'changeListMembers',
      summary: 'Add and remove members of a list',
      description: `Adds and removes up to ${MEMBERS_IN_CHANGE_MAX.toLocaleString('en')} members. Adding a member again, or removing somebody who is none, changes nothing. Send a longer list in parts: a part that is sent again does no harm.`,
      example: { body: { add: [EXAMPLE.ada], remove: [EXAMPLE.bob] }, stream, revision: 1 },
      body: z.strictObject({
        add: members.meta({ description: 'Who becomes a member. They need not be enrolled with your app yet: that is looked up when something is sent.' }),
        remove: members.meta({ description: 'Who is a member no more, also where `add` names them.' }),
      }),
      bodyBytesMax: MEMBERS_IN_REQUEST_MAX * MEMBER_BYTES,
      refusals: ['app-unknown', 'app-disabled', 'list-unknown', 'too-many-members'],
      execute: ({ caller: { app }, params: { list }, body: { add = [], remove = [] } }, context) => commands.changeList({ app, list, add, remove }, context),
    }),

    command(dependencies, {
      ...ofList,
      method: 'delete',
      path: '/v1/lists/:list',
      operationId: 'removeList',
      summary: 'Remove a list',
      description: 'Removes a list for good. What was requested to it is planned no further.',
      example: { stream, revision: 2 },
      refusals: ['app-unknown', 'app-disabled', 'list-unknown'],
      execute: ({ caller: { app }, params: { list } }, context) => commands.removeList({ app, list }, context),
    }),

    ...(['pause', 'resume'] as const).map((to) =>
      command(dependencies, {
        ...ofApp,
        scope: 'send',
        method: 'post',
        path: `/v1/notifications/:notification/${to}`,
        operationId: `${to}Notification`,
        summary: to === 'pause' ? 'Pause a notification to a list' : 'Resume a notification to a list',
        description:
          to === 'pause'
            ? 'Plans no more of its members until you resume it. What is planned already is sent. It expires at its time, paused or not.'
            : 'Goes on planning where it was paused.',
        example: { stream: campaignStream(EXAMPLE.notification), revision: to === 'pause' ? 4 : 5 },
        params: z.strictObject({ notification: notificationId }),
        refusals: ['notification-unknown', 'notification-cancelled', 'not-a-campaign', 'campaign-finished'],
        execute: ({ caller: { app }, params: { notification } }, context) => commands.steerCampaign({ notification, app, to }, context),
      }),
    ),
  ];
}
