/** The categories of an app, and by which one of them a notification goes. */
import { app } from '../../domain/notifications/apps/app.ts';
import { categories } from '../../domain/notifications/categories/categories.ts';
import { categoryFor } from '../../domain/notifications/categories/our-categories.ts';
import type { Category } from '../../domain/notifications/categories/events.ts';
import type { Source } from '../../domain/notifications/request-fields.ts';
import { pinnedVersion, template } from '../../domain/notifications/templates/template.ts';
import type { AppId } from '../../domain/shared/ids.ts';
import { appStream, categoriesStream, templateStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandHandling, LoadState } from '../handling/handle.ts';
import { refused, type CommandResult } from '../handling/results.ts';

export type DeclareCategory = Category & { readonly app: AppId };

/** Replaces what was declared of the category before, also for notifications that wait. */
export const declareCategory =
  ({ handle, loadState }: CommandHandling) =>
  async ({ app: id, ...category }: DeclareCategory, context: CommandContext): Promise<CommandResult> => {
    const owner = await loadState(app, appStream(id));
    if (category.digestTemplate !== undefined) {
      const { state } = await loadState(template, templateStream(category.digestTemplate));
      if (pinnedVersion(state, { app: id, version: undefined }) === undefined) return refused('template-unknown');
    }
    const command = { type: 'declare', ...category, app: id, appState: owner.state, at: context.at } as const;
    return handle(categories, categoriesStream(id), command, context, { readRevisions: [owner] });
  };

/** People's choices about it stay. */
export const removeCategory =
  ({ handle, loadState }: CommandHandling) =>
  async ({ app: id, category }: { readonly app: AppId; readonly category: string }, context: CommandContext): Promise<CommandResult> => {
    const owner = await loadState(app, appStream(id));
    const command = { type: 'remove', app: id, category, appState: owner.state, at: context.at } as const;
    return handle(categories, categoriesStream(id), command, context, { readRevisions: [owner] });
  };

/** What the log says of it now; undefined where nobody has declared it. */
export async function loadCategory(loadState: LoadState, about: { readonly source: Source; readonly category: string }): Promise<Category | undefined> {
  const { source } = about;
  return categoryFor(source.kind === 'app' ? (await loadState(categories, categoriesStream(source.app))).state : undefined, about);
}
