/** Publishing an app's templates and partials, and looking at what they make of parameters. */
import { app } from '../../domain/notifications/apps/app.ts';
import { refusalOfInactive } from '../../domain/notifications/apps/app.ts';
import { partial } from '../../domain/notifications/templates/partial.ts';
import type { TemplateVersion } from '../../domain/notifications/templates/events.ts';
import { pinnedVersion, template } from '../../domain/notifications/templates/template.ts';
import type { AppId, TemplateId } from '../../domain/shared/ids.ts';
import { appStream, partialStream, templateStream } from '../../domain/shared/streams.ts';
import { collectPartials, faultOfPartial } from '../../ports/templates/check-template.ts';
import { createdIdOf } from '../handling/deterministic-ids.ts';
import { refused, type CommandResult, type CreateResult, type RefusedResult } from '../handling/results.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandHandling, LoadedState } from '../handling/handle.ts';
import { findVersionWith, renderVersion, type RenderedTemplate } from './template-versions.ts';

export type PublishTemplate = Omit<TemplateVersion, 'template' | 'version' | 'partials'> & { /** Absent for a new template. */ readonly template?: TemplateId };

/** Without `template` a new template; with it the next version of that one. The partials that it uses are taken in as they are now. */
export const publishTemplate =
  ({ handle, loadState }: CommandHandling) =>
  async ({ template: existing, ...version }: PublishTemplate, context: CommandContext): Promise<CreateResult<TemplateId>> => {
    const id = existing ?? createdIdOf<TemplateId>(context.command, 'template');
    const { app: owner } = version;
    const appNow = await loadState(app, appStream(owner));
    const read: LoadedState<unknown>[] = [appNow];
    const collected = await collectPartials(version, async (name) => {
      const partialNow = await loadState(partial, partialStream(owner, name));
      read.push(partialNow);
      return partialNow.state.status === 'none' ? undefined : partialNow.state.body;
    });
    const checked = 'fault' in collected ? { partials: {}, fault: collected.fault } : collected;
    const command = { type: 'publish', template: id, appState: appNow.state, ...version, ...checked } as const;
    const handled = await handle(template, templateStream(id), command, context, { readRevisions: read });
    return { id, handled };
  };

/** Templates that are published from now on use it. */
export const publishPartial =
  ({ handle, loadState }: CommandHandling) =>
  async (
    { app: owner, name, body }: { readonly app: AppId; readonly name: string; readonly body: string },
    context: CommandContext,
  ): Promise<CommandResult> => {
    const appNow = await loadState(app, appStream(owner));
    const fault = faultOfPartial(body);
    const command = { type: 'publish', app: owner, appState: appNow.state, name, body, ...(fault !== undefined && { fault }) } as const;
    return handle(partial, partialStream(owner, name), command, context, { readRevisions: [appNow] });
  };

export type PreviewTemplate = {
  readonly app: AppId;
  readonly template: TemplateId;
  /** The newest where it is absent. */
  readonly version?: number;
  readonly language?: string;
  readonly parameters: Readonly<Record<string, unknown>>;
};

/** What a version makes of these parameters. Nothing is appended. */
export const previewTemplate = (dependencies: Uses<'log' | 'codec'>) => {
  const findVersion = findVersionWith(dependencies);
  const { loadState } = dependencies;
  return async ({
    app: owner,
    template: id,
    version: asked,
    language,
    parameters,
  }: PreviewTemplate): Promise<RefusedResult | { readonly outcome: 'rendered'; readonly rendered: Extract<RenderedTemplate, { content: unknown }> }> => {
    const [appNow, { state }] = await Promise.all([loadState(app, appStream(owner)), loadState(template, templateStream(id))]);
    const inactive = refusalOfInactive(appNow.state);
    if (inactive?.outcome === 'refused') return inactive;
    const version = pinnedVersion(state, { app: owner, version: asked });
    if (version === undefined) return refused('template-unknown');
    const rendered = await renderVersion(findVersion, { template: id, version }, { parameters, ...(language !== undefined && { language }) });
    if ('content' in rendered) return { outcome: 'rendered', rendered };
    const { missing, invalid, fault } = rendered;
    if (invalid !== undefined) return refused('parameter-invalid', invalid);
    return missing === undefined ? refused('template-invalid', { detail: fault }) : refused('parameter-missing', { parameter: missing });
  };
};
