/** For an app's servers. */
export { createTidingsApp, type TidingsApp, type TidingsAppOptions } from './app/tidings-app.ts';
export type { ChangesHandler, ChangesPage, DocumentChange, SubscribedProjection, SubscriptionOptions } from './app/subscribe.ts';
export { verifyWebhook, WebhookRefused } from './app/verify-webhook.ts';
export { eachPage } from './http/pages.ts';
export { TidingsProblem, TidingsUnreachable } from './http/problem.ts';
