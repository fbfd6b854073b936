/** The exports of the caller, and their download. */
import { z } from 'zod';
import { EXPORT_KEPT_DAYS } from '../../../domain/exports/export.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { exportId, text } from '../../../edge/fields.ts';
import { route, type Route } from '../../../edge/http/routes.ts';
import type { ExportDocument } from '../../../projections/read-models/exports.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { answerArchive } from '../../media/answer-archive.ts';
import { ofBytes } from '../../media/answer-media.ts';
import { CURSOR, cutPage, limitParam, next } from '../../pages.ts';
import { query, refused } from '../../query.ts';
import { idField, optionalTimeField, timeField } from '../../response-fields.ts';

/** A time, a colon and an id. */
const PLACE_CHARACTERS_MAX = 61;

const exportSchema = z
  .object({
    id: idField('The id of the export.', EXAMPLE.export),
    subject: z.enum(['channel', 'person']).meta({ description: 'What is exported: a channel, or everything of yours.' }),
    channel: z.string().nullable().meta({ description: 'The id of the channel. null: it is no export of a channel.' }),
    status: z.enum(['making', 'ready', 'ended']).meta({ description: 'Whether it is still being made, can be downloaded, or can’t be had any more.' }),
    percent: z.int().meta({ description: 'How much of it is done.', examples: [42] }),
    messages: z.int().meta({ description: 'Messages that are in it so far.' }),
    posts: z.int().meta({ description: 'Posts that are in it so far.' }),
    media: z.int().meta({ description: 'Pictures, videos, recordings and files that are in it so far.' }),
    leftOut: z.int().meta({ description: 'What was left out: messages that disappear before the export does, and files that are gone.' }),
    bytes: z.int().nullable().meta({ description: 'How long the archive is. null: it isn’t ready.' }),
    reason: z
      .enum(['expired', 'deleted', 'unreadable', 'person-erased'])
      .nullable()
      .meta({ description: 'Why it has ended: its time was over, you deleted it, you may not read the channel any more, or a member was erased.' }),
    at: timeField('When you asked for it.'),
    expiresAt: optionalTimeField(`Until when it can be downloaded: ${EXPORT_KEPT_DAYS} days. null: it isn’t ready.`),
    url: z
      .string()
      .nullable()
      .meta({
        description:
          'Where to download it, below the address of the read API. It needs no token, is good for an hour, and answers ranges. null: it isn’t ready.',
        examples: [`/v1/exports/${EXAMPLE.export}/archive?until=1782900000&signature=bm90IGEgcmVhbCBzaWduYXR1cmU`],
      }),
  })
  .meta({ id: 'Export' });

type ExportView = z.infer<typeof exportSchema>;

const EXAMPLE_EXPORT: ExportView = {
  id: EXAMPLE.export,
  subject: 'channel',
  channel: EXAMPLE.channel,
  status: 'making',
  percent: 42,
  messages: 17_000,
  posts: 0,
  media: 12,
  leftOut: 0,
  bytes: null,
  reason: null,
  at: EXAMPLE.at,
  expiresAt: null,
  url: null,
};

const signed = z.strictObject({
  until: z.coerce
    .number()
    .int()
    .positive()
    .meta({ description: 'Until when the address is good, in seconds since 1970.', examples: [1_782_900_000] }),
  signature: z
    .string()
    .max(100)
    .meta({ description: 'What makes the address good.', examples: ['bm90IGEgcmVhbCBzaWduYXR1cmU'] }),
});

export function exportRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, exportUrls, openArchive, media, clock, limits } = dependencies;
  return [
    query(dependencies, {
      callers: ['person'],
      tag: 'Exports',
      reads: ['exports'],
      path: '/v1/me/exports',
      operationId: 'getExports',
      summary: 'List my exports, newest first',
      description: 'Returns a page of the exports that you asked for: how far each has come, and where to download it once it is ready.',
      example: { exports: [EXAMPLE_EXPORT], next: null },
      query: z.strictObject({ before: text(PLACE_CHARACTERS_MAX).optional().meta(CURSOR), limit: limitParam() }),
      response: z.object({ exports: z.array(exportSchema), next }),
      handle: async ({ caller: { person: owner }, query: { before, limit } }) => {
        const range = before === undefined ? {} : { range: { field: 'place', before } };
        const found = await views.find('exports', { where: { owner }, ...range, order: { place: -1 }, limit: limit + 1 });
        const { shown, last } = cutPage(found, limit);
        return { exports: shown.map(viewOf), next: last?.place ?? null };
      },
    }),

    route({
      callers: ['public'],
      tag: 'Exports',
      limits: [{ limit: limits.media, by: 'address' }],
      method: 'get',
      path: '/v1/exports/:export/archive',
      operationId: 'getExportArchive',
      summary: 'Download an export',
      description:
        'Exports that are ready have these addresses, in your list of them. One is signed, good for an hour, and no longer than the export can be had. The answer is a ZIP archive with pages of HTML, the same as NDJSON, and the pictures and videos; ranges are answered, so a download that was cut off goes on.',
      params: z.strictObject({ export: exportId }),
      query: signed,
      ...ofBytes,
      refusals: ['export-unknown', 'log-unavailable', 'store-unavailable'],
      handle: async ({ params: { export: id }, query: given, headers }) => {
        if (!exportUrls.isGood(id, given)) return refused('export-unknown');
        const archive = await openArchive(id);
        if (archive === undefined || archive.expiresAt <= clock()) return refused('export-unknown');
        return answerArchive(media, archive, { tag: id, range: headers.range, ifNoneMatch: headers['if-none-match'] });
      },
    }),
  ];

  function viewOf({ export: id, subject, channel, status, percent, counts, bytes, reason, at, expiresAt }: ExportDocument): ExportView {
    const isOver = status === 'ready' && expiresAt !== null && expiresAt <= clock();
    return {
      id,
      subject,
      channel,
      status: isOver ? 'ended' : status,
      percent,
      ...counts,
      bytes,
      reason: isOver ? 'expired' : reason,
      at,
      expiresAt,
      url: status === 'ready' && !isOver ? exportUrls.urlOf(id) : null,
    };
  }
}
