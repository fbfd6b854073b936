/** Where an app wants to be told what becomes of its deliveries, and of which events. */
import { accept, refuse, type Decider } from '../../shared/decider.ts';
import type { AppId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import { refusalOfInactive, type AppState } from '../apps/app.ts';
import type { WebhookEndpointEvent, WebhookEvent } from './events.ts';

export const WEBHOOK_URL_CHARACTERS_MAX = 2_000;

export type WebhookEndpointState =
  { readonly status: 'none' } | { readonly status: 'set'; readonly url: string; readonly events: readonly WebhookEvent[] } | { readonly status: 'removed' };

/** `appState` is the same app's. */
export type WebhookEndpointCommand = { readonly app: AppId; readonly at: Instant } & (
  | { readonly type: 'set'; readonly url: string; readonly events: readonly WebhookEvent[]; readonly appState: AppState }
  | { readonly type: 'rotate-secret' }
  | { readonly type: 'remove' }
);

export const webhookEndpoint: Decider<WebhookEndpointState, WebhookEndpointCommand, WebhookEndpointEvent> = {
  initialState: { status: 'none' },

  evolve: (state, event) => {
    switch (event.type) {
      case 'notifications.webhook-set.v1':
        return { status: 'set', url: event.data.url, events: event.data.events };
      case 'notifications.webhook-secret-rotated.v1':
        return state;
      case 'notifications.webhook-removed.v1':
        return { status: 'removed' };
    }
  },

  decide: (state, command) => {
    const { app, at } = command;
    switch (command.type) {
      case 'set': {
        const inactive = refusalOfInactive(command.appState);
        if (inactive !== undefined) return inactive;
        const events = command.events.filter((event, i, all) => all.indexOf(event) === i);
        if (!isWebhookUrl(command.url)) return refuse('webhook-url-invalid');
        const isSame = state.status === 'set' && state.url === command.url && state.events.join() === events.join();
        return isSame ? accept() : accept({ type: 'notifications.webhook-set.v1', data: { app, url: command.url, events, at } });
      }
      case 'rotate-secret':
        return state.status === 'set' ? accept({ type: 'notifications.webhook-secret-rotated.v1', data: { app, at } }) : refuse('webhook-unknown');
      case 'remove':
        return state.status === 'set' ? accept({ type: 'notifications.webhook-removed.v1', data: { app, at } }) : accept();
    }
  },
};

/** Whether its host may be reached is found out when it is: a name means another address every time. */
function isWebhookUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null && text.length <= WEBHOOK_URL_CHARACTERS_MAX && url.protocol === 'https:' && url.username === '' && url.password === '' && url.hash === ''
  );
}
