/** Versions of templates as they were published: they are the events of a template's stream, the first at revision 0. */
import type { RenderedContent } from '../../domain/notifications/content.ts';
import type { RenderedFrom } from '../../domain/notifications/events.ts';
import type { RequestedTemplate } from '../../domain/notifications/request-fields.ts';
import type { TemplateVersion, Tracking } from '../../domain/notifications/templates/events.ts';
import { template as templateDecider } from '../../domain/notifications/templates/template.ts';
import { isBlank } from '../../domain/shared/text/blank-text.ts';
import type { TemplateId } from '../../domain/shared/ids.ts';
import { templateStream } from '../../domain/shared/streams.ts';
import { counted, emptyTally, type CacheTally } from '../../ports/cache-tallies.ts';
import type { Codec } from '../../ports/event-log/codec.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import { compileTemplate, type CompiledTemplate } from '../../ports/templates/render.ts';
import type { LoadState } from '../handling/handle.ts';

/** Versions never change, so those that were used last are remembered, as they are stored and parsed. */
const REMEMBERED_MAX = 200;
const REMEMBERED_MAX_BYTES = 8 * 1_024 * 1_024;
/** How many versions after the one that was checked are tried, from the newest down. */
const NEWER_VERSIONS_TRIED_MAX = 20;

export type TemplateReader = { readonly log: Pick<EventLog, 'readStream'>; readonly codec: Pick<Codec, 'decode'> };

export type PublishedVersion = { readonly published: TemplateVersion; readonly compiled: CompiledTemplate };

/** undefined: there is no such version. */
export type FindVersion = (id: TemplateId, version: number) => Promise<PublishedVersion | undefined>;

export function findVersionWith({ log, codec }: TemplateReader, tally: CacheTally = emptyTally()): FindVersion {
  const remembered = new Map<string, PublishedVersion & { readonly bytes: number }>();
  let bytes = 0;

  const forget = (key: string): void => {
    bytes -= remembered.get(key)?.bytes ?? 0;
    remembered.delete(key);
  };

  const read = async (id: TemplateId, version: number) => {
    for await (const stored of log.readStream(templateStream(id), { from: version - 1, limit: 1 })) {
      const event = await codec.decode(stored);
      if (event.type !== 'notifications.template-published.v2') return undefined;
      return { published: event.data, compiled: compileTemplate(event.data), bytes: stored.data.length };
    }
    return undefined;
  };

  return async (id, version) => {
    const key = `${id}:${version}`;
    const found = counted(tally, remembered.get(key)) ?? (await read(id, version));
    if (found === undefined) return undefined;
    forget(key);
    remembered.set(key, found);
    bytes += found.bytes;
    for (const oldest of remembered.keys()) {
      if (remembered.size <= REMEMBERED_MAX && bytes <= REMEMBERED_MAX_BYTES) break;
      if (oldest === key) continue;
      forget(oldest);
      tally.evictions += 1;
    }
    return found;
  };
}

export type RenderedTemplate =
  | (Extract<RenderedContent, { content: unknown }> & { readonly from: Omit<RenderedFrom, 'digest'>; readonly tracking?: Tracking })
  | Extract<RenderedContent, { fault: string }>;

export type RenderRequest = { readonly parameters: Readonly<Record<string, unknown>>; /** Of the recipient. */ readonly language?: string };

/** One version, and no other. */
export async function renderVersion(
  findVersion: FindVersion,
  { template, version, language: asked }: Pick<RequestedTemplate, 'template' | 'version' | 'language'>,
  { parameters, language = asked }: RenderRequest,
): Promise<RenderedTemplate> {
  const found = await findVersion(template, version);
  if (found === undefined) return { fault: 'there is no such template' };
  const wanted = asked ?? language;
  const rendered = await found.compiled.render(parameters, wanted === undefined ? {} : { language: wanted });
  if ('fault' in rendered) return rendered;
  const { content, locale = found.published.defaultLocale } = rendered;
  const { tracking } = found.published;
  return { content, from: { template, version, locale }, ...(tracking !== undefined && { tracking }) };
}

/** The newest version that the parameters satisfy and that says something with them; else the one that the request was checked with. */
export async function renderNewest(
  { findVersion, loadState }: { readonly findVersion: FindVersion; readonly loadState: LoadState },
  requested: RequestedTemplate,
  request: RenderRequest,
): Promise<RenderedTemplate> {
  const { template, version: checked, pinned } = requested;
  if (pinned === true) return renderVersion(findVersion, requested, request);
  const { state } = await loadState(templateDecider, templateStream(template));
  const newest = state.status === 'none' ? checked : state.version;
  for (let version = newest; version > Math.max(checked, newest - NEWER_VERSIONS_TRIED_MAX); version--) {
    const rendered = await renderVersion(findVersion, { ...requested, version }, request);
    if ('content' in rendered && !isBlank(rendered.content.body)) return rendered;
  }
  return renderVersion(findVersion, requested, request);
}
