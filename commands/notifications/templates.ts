import { app } from '../../domain/notifications/apps/app.ts';
import { template } from '../../domain/notifications/templates/template.ts';
import type { AppId, TemplateId } from '../../domain/shared/ids.ts';
import { appStream, templateStream } from '../../domain/shared/streams.ts';
import type { CreateResult } from '../handling/results.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandHandling } from '../handling/handle.ts';
import { createdIdOf } from '../handling/deterministic-ids.ts';
import { faultOfTemplate } from '../../ports/templates/render.ts';

/** Without `template` a new template; with it the next version of that one. */
export const publishTemplate =
  ({ handle, loadState }: CommandHandling) =>
  async (
    { app: owner, template: existing, title, body }: { readonly app: AppId; readonly template?: TemplateId; readonly title?: string; readonly body: string },
    context: CommandContext,
  ): Promise<CreateResult<TemplateId>> => {
    const id = existing ?? createdIdOf<TemplateId>(context.command, 'template');
    const appNow = await loadState(app, appStream(owner));
    const fault = faultOfTemplate({ ...(title === undefined ? {} : { title }), body });
    const handled = await handle(
      template,
      templateStream(id),
      {
        type: 'publish',
        template: id,
        app: owner,
        appState: appNow.state,
        ...(title === undefined ? {} : { title }),
        body,
        ...(fault === undefined ? {} : { fault }),
      },
      context,
      { readRevisions: [appNow] },
    );
    return { id, handled };
  };
