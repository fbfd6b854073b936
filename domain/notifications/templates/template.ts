/** An app's templates: content with placeholders. A published version never changes: each notification names the version it uses. */
import { accept, refuse, type Decider, type Decision } from '../../shared/decider.ts';
import type { AppId, TemplateId } from '../../shared/ids.ts';
import { isBlank } from '../../shared/blank-text.ts';
import { bytesIn } from '../../shared/text.ts';
import { refusalOfInactive, type AppState } from '../apps/app.ts';
import type { TemplateEvent } from './events.ts';

export const TEMPLATE_MAX_BYTES = 64 * 1_024;
export const TEMPLATE_VERSIONS_MAX = 10_000;

/** `version` is the newest; all versions from 1 up to it exist. */
export type TemplateState = { readonly status: 'none' } | { readonly status: 'published'; readonly app: AppId; readonly version: number };

export type TemplateCommand = {
  readonly type: 'publish';
  readonly template: TemplateId;
  readonly app: AppId;
  readonly appState: AppState;
  readonly title?: string;
  readonly body: string;
  /** The template engine's complaint, if it has one: parsing is not the domain's. */
  readonly fault?: string;
};

export const template: Decider<TemplateState, TemplateCommand, TemplateEvent> = {
  initialState: { status: 'none' },

  evolve: (_, { data }) => ({ status: 'published', app: data.app, version: data.version }),

  decide: (state, command) => {
    const { template, app, appState, title, body } = command;
    const refusal =
      refusalOfInactive(appState) ?? (state.status === 'published' && state.app !== app ? refuse('template-unknown') : faultOfTemplateText(command));
    if (refusal !== undefined) return refusal;
    const version = state.status === 'none' ? 1 : state.version + 1;
    if (version > TEMPLATE_VERSIONS_MAX) return refuse('template-invalid', { detail: `it has ${TEMPLATE_VERSIONS_MAX} versions already` });
    return accept({ type: 'notifications.template-published.v1', data: { template, version, app, ...(title !== undefined && { title }), body } });
  },
};

/** The version that a request names, or the newest; undefined where this app has no such version. */
export function pinnedVersion(state: TemplateState, { app, version }: { readonly app: AppId; readonly version: number | undefined }): number | undefined {
  if (state.status === 'none' || state.app !== app) return undefined;
  if (version === undefined) return state.version;
  return Number.isInteger(version) && version >= 1 && version <= state.version ? version : undefined;
}

function faultOfTemplateText({ title = '', body, fault }: TemplateCommand): Decision<never> | undefined {
  if (fault !== undefined) return refuse('template-invalid', { detail: fault });
  if (!title.isWellFormed() || !body.isWellFormed()) return refuse('text-malformed');
  if (isBlank(body)) return refuse('template-invalid', { detail: 'the body is empty' });
  const length = bytesIn(title) + bytesIn(body);
  return length > TEMPLATE_MAX_BYTES ? refuse('content-too-large', { length, max: TEMPLATE_MAX_BYTES }) : undefined;
}
