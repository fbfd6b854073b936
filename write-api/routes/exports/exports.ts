/** What a person takes with them. */
import { z } from 'zod';
import { EXPORT_KEPT_DAYS } from '../../../domain/exports/export.ts';
import { exportStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { channelId, exportId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';

const stream = exportStream(EXAMPLE.export);
const MADE = `It is made in the background: list your exports to see how far it has come. When it is ready you are told in your notification centre, and can download it for ${EXPORT_KEPT_DAYS} days.`;

export function exportRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const ofPerson = { callers: ['person'], tag: 'Exports', limits: [{ limit: limits.commands, by: 'caller' }] } as const;
  const asking = { ...ofPerson, method: 'post', example: { result: { id: EXAMPLE.export }, stream }, resultFields: { id: exportId } } as const;
  return [
    command(dependencies, {
      ...asking,
      path: '/v1/channels/:channel/exports',
      operationId: 'exportChannel',
      summary: 'Export a channel',
      description: `Asks for an archive of a channel: its history as far as you may read it, as pages of HTML and as NDJSON, with its pictures, videos, recordings and files. Messages that are to disappear before the export does are left out. ${MADE}`,
      params: z.strictObject({ channel: channelId }),
      refusals: ['channel-unknown', 'rate-limited'],
      execute: ({ caller: { person }, params: { channel } }, context) => commands.requestExport({ person, subject: { kind: 'channel', channel } }, context),
    }),

    command(dependencies, {
      ...asking,
      path: '/v1/me/exports',
      operationId: 'exportEverything',
      summary: 'Export everything of mine',
      description: `Asks for an archive of everything of yours: profile, addresses and devices, sessions, preferences, relationships, posts, messages and notifications, as pages of HTML and as NDJSON, with your pictures and videos. ${MADE}`,
      refusals: ['rate-limited'],
      execute: ({ caller: { person } }, context) => commands.requestExport({ person, subject: { kind: 'person' } }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/me/exports/:export',
      operationId: 'deleteExport',
      summary: 'Delete an export',
      description: 'Ends an export of yours, whether it is ready or still being made. Nobody can download it from then on.',
      example: { stream, revision: 7 },
      params: z.strictObject({ export: exportId }),
      refusals: ['export-unknown'],
      execute: ({ caller: { person }, params: { export: id } }, context) => commands.deleteExport({ person, export: id }, context),
    }),
  ];
}
