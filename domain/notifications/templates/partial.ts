/** A piece of text that an app's templates share, such as the frame of its emails. A template takes in what it is when the template is published. */
import { accept, refuse, type Decider, type Decision } from '../../shared/decider.ts';
import type { AppId } from '../../shared/ids.ts';
import { bytesIn } from '../../shared/text/text.ts';
import { refusalOfInactive, type AppState } from '../apps/app.ts';
import type { PartialEvent } from './events.ts';
import { TEMPLATE_TEXT_MAX_BYTES } from './template.ts';

export const PARTIAL_NAME_PATTERN = /^[a-z0-9][a-z0-9-]{0,63}$/;

export type PartialState = { readonly status: 'none' } | { readonly status: 'published'; readonly version: number; readonly body: string };

export type PartialCommand = {
  readonly type: 'publish';
  readonly app: AppId;
  readonly appState: AppState;
  readonly name: string;
  readonly body: string;
  /** The template engine's complaint, if it has one. */
  readonly fault?: string;
};

export const partial: Decider<PartialState, PartialCommand, PartialEvent> = {
  reads: 'tail',
  initialState: { status: 'none' },

  evolve: (_, { data: { version, body } }) => ({ status: 'published', version, body }),

  decide: (state, { app, appState, name, body, fault }) => {
    const refusal = refusalOfInactive(appState) ?? refusalOfBody(body, fault);
    if (refusal !== undefined) return refusal;
    if (state.status === 'published' && state.body === body) return accept();
    const version = state.status === 'none' ? 1 : state.version + 1;
    return accept({ type: 'notifications.partial-published.v1', data: { app, name, version, body } });
  },
};

function refusalOfBody(body: string, fault: string | undefined): Decision<never> | undefined {
  if (fault !== undefined) return refuse('template-invalid', { detail: fault });
  if (!body.isWellFormed()) return refuse('text-malformed');
  const length = bytesIn(body);
  return length > TEMPLATE_TEXT_MAX_BYTES ? refuse('content-too-large', { length, max: TEMPLATE_TEXT_MAX_BYTES }) : undefined;
}
