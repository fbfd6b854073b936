/** Apps and their templates, for operators: what an app may do, and what it shows people. */
import type { Commands } from '../../../commands/commands.ts';
import type { ActiveApp } from '../../../domain/notifications/apps/app.ts';
import { shownOn } from '../../../domain/notifications/content.ts';
import { sentenceOf } from '../../../domain/shared/refusals.ts';
import type { TemplateId } from '../../../domain/shared/ids.ts';
import type { TemplateDocument } from '../../../projections/read-models/notifications/templates.ts';
import { templateVersionId } from '../../../projections/read-models/notifications/templates.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import { ControlFailure, type ControlOperations, type OperationRequest } from '../protocol.ts';
import type { PreviewLine, ShownAppLine } from './protocol.ts';

/** An app has far fewer. */
const CATEGORIES_MAX = 1_000;

type Dependencies = {
  readonly views: Pick<TidingsViews, 'find' | 'get'>;
  readonly commands: Pick<Commands, 'getApp' | 'previewTemplate'>;
};

export const createAppOperations = (dependencies: Dependencies) => {
  const { views } = dependencies;
  return {
    'list-apps': async function* ({ after, limit }) {
      const range = after === undefined ? {} : { range: { field: '_id', after } as const };
      yield* (await views.find('apps', { ...range, order: { _id: 1 }, limit })).map(withoutId);
    },
    'show-app': async function* (request) {
      yield await showApp(dependencies, request);
    },
    'list-templates': async function* ({ app, after, limit }) {
      const range = after === undefined ? {} : { range: { field: '_id', after } as const };
      yield* (await views.find('templates', { where: { app }, ...range, order: { _id: 1 }, limit })).map(withoutId);
    },
    'show-template': async function* ({ template, version }) {
      const { newest } = await templateOf(views, template);
      const shown = await views.get('template-versions', templateVersionId(template, version ?? newest));
      if (shown === undefined) throw new ControlFailure('unknown', sentenceOf('template-unknown'));
      yield withoutId(shown);
    },
    'preview-template': async function* (request) {
      yield* await previewTemplate(dependencies, request);
    },
  } satisfies ControlOperations;
};

async function showApp({ views, commands }: Dependencies, { app }: OperationRequest<'show-app'>): Promise<ShownAppLine> {
  const document = await views.get('apps', app);
  if (document === undefined) throw new ControlFailure('unknown', sentenceOf('app-unknown'));
  const [state, categories] = await Promise.all([
    commands.getApp({ app }),
    views.find('categories', { where: { app }, order: { _id: 1 }, limit: CATEGORIES_MAX }),
  ]);
  const active: Partial<ActiveApp> = 'outcome' in state ? {} : state;
  const { sandbox, keys = [], quota, identity } = active;
  const may = { sandbox: sandbox === true, keys, quota: quota ?? null, identity: identity ?? null };
  return { ...withoutId(document), ...may, categories: categories.map(withoutId) };
}

async function previewTemplate({ views, commands }: Dependencies, request: OperationRequest<'preview-template'>): Promise<readonly PreviewLine[]> {
  const { template, version, language, parameters } = request;
  const { app } = await templateOf(views, template);
  const optional = { ...(version !== undefined && { version }), ...(language !== undefined && { language }) };
  const result = await commands.previewTemplate({ app, template, parameters, ...optional });
  if (result.outcome === 'refused') throw new ControlFailure('bad-request', sentenceOf(result.refusal.code, result.refusal.facts));
  const { content, from } = result.rendered;
  return Object.entries(shownOn(content)).map(([channel, shown]) => ({
    version: from.version,
    locale: from.locale,
    channel: channel as PreviewLine['channel'],
    content: shown,
  }));
}

async function templateOf(views: Dependencies['views'], template: TemplateId): Promise<TemplateDocument> {
  const found = await views.get('templates', template);
  if (found === undefined) throw new ControlFailure('unknown', sentenceOf('template-unknown'));
  return found;
}

function withoutId<Document extends object>(document: Document): Document {
  const { _id, position: _position, ...shown } = document as Document & { readonly _id?: string; readonly position?: string };
  return shown as unknown as Document;
}
