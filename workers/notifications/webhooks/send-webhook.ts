/** Sends one message to its app's webhook: the job of the queue of webhooks. What the receiver answers decides whether it is tried again. */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import { app as appDecider } from '../../../domain/notifications/apps/app.ts';
import { webhookEndpoint } from '../../../domain/notifications/webhooks/webhook-endpoint.ts';
import { webhookMessage, type WebhookMessageCommand, type WebhookMessageState } from '../../../domain/notifications/webhooks/webhook-message.ts';
import type { AppId } from '../../../domain/shared/ids.ts';
import { plus, SECOND_MS } from '../../../domain/shared/instant.ts';
import { appStream, webhookEndpointStream, webhookMessageStream } from '../../../domain/shared/streams.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import type { Outbound, OutboundAnswer } from '../../../ports/outbound/port.ts';
import type { DomainReader, Runtime } from '../../dependencies.ts';
import { freshContext } from '../../jobs/command-contexts.ts';
import type { EndpointGates } from './endpoint-gates.ts';
import { webhookHeaders } from './sign-webhook.ts';
import type { WebhookJobs } from './webhook-jobs.ts';

/** A message whose webhook has enough under way comes again after about so long. */
const BUSY_RETRY_MS = 1_000;
const GONE = 410;

type Dependencies = {
  readonly outbound: Pick<Outbound, 'post'>;
  readonly reader: Pick<DomainReader, 'loadState'>;
  readonly commands: Pick<Commands, 'commandWebhookMessage' | 'webhookSecretsOf'>;
  readonly contextFor: ContextFor;
  readonly jobs: WebhookJobs;
  readonly gates: EndpointGates;
  readonly runtime: Pick<Runtime, 'clock' | 'random' | 'tracing'>;
};

type Queued = Extract<WebhookMessageState, { status: 'queued' }>;

export const sendWebhook =
  (dependencies: Dependencies) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { gates, jobs, runtime } = dependencies;
    const [message, app] = [data['message'] as string, data['app'] as AppId];
    const admitted = gates.admit(app);
    const now = runtime.clock();
    if (admitted === 'busy') return void (await jobs.add([{ message, app, dueAt: plus(now, Math.ceil(BUSY_RETRY_MS * (1 + runtime.random()))) }], now));
    if (admitted === 'closed') return; // the sweep adds it again once the breaker lets one through
    let health: 'succeeded' | 'failed' | undefined;
    try {
      health = await send(dependencies, message);
    } finally {
      gates.release(app, health);
    }
  };

async function send(dependencies: Dependencies, message: string): Promise<'succeeded' | 'failed' | undefined> {
  const { outbound, reader, commands, runtime, jobs } = dependencies;
  const { state } = await reader.loadState(webhookMessage, webhookMessageStream(message));
  const at = runtime.clock();
  if (state.status !== 'queued' || state.dueAt > at) return undefined;
  const url = await urlOf(dependencies, state);
  if ('gone' in url) {
    await record(dependencies, { type: 'give-up', message, reason: url.gone, at });
    return undefined;
  }
  const body = JSON.stringify({ type: state.event, timestamp: state.occurredAt, data: state.payload });
  const secrets = await commands.webhookSecretsOf({ app: state.app, at });
  const traced = await runtime.tracing?.attempt({ stream: webhookMessageStream(message), attempt: state.attempts + 1 });
  const headers = { ...webhookHeaders(secrets, { id: message, body, at }), ...(traced !== undefined && { traceparent: traced.traceparent }) };
  // Nobody could tell an unsigned message from a stranger’s. The secret is there once whoever has set the webhook does so again.
  const answer: Answered = secrets.length === 0 ? { outcome: 'failed', reason: 'secret-missing' } : await outbound.post({ url: url.url, headers, body });
  const command = commandOf(answer, { message, attempt: state.attempts + 1, at: runtime.clock() }, runtime.random());
  traced?.ended({ name: 'send webhook', failed: command.type !== 'succeed', status: answer.outcome === 'answered' ? answer.status : undefined });
  await record(dependencies, command);
  if (command.type === 'fail') {
    const { state: after } = await reader.loadState(webhookMessage, webhookMessageStream(message));
    if (after.status === 'queued') await jobs.add([{ message, app: after.app, dueAt: after.dueAt }], runtime.clock());
  }
  return command.type === 'succeed' ? 'succeeded' : 'failed';
}

/** As the log has it now. */
async function urlOf({ reader }: Dependencies, { app }: Queued): Promise<{ readonly url: string } | { readonly gone: string }> {
  const [endpoint, owner] = await Promise.all([reader.loadState(webhookEndpoint, webhookEndpointStream(app)), reader.loadState(appDecider, appStream(app))]);
  if (owner.state.status !== 'active') return { gone: 'app-disabled' };
  return endpoint.state.status === 'set' ? { url: endpoint.state.url } : { gone: 'webhook-removed' };
}

type Answered = OutboundAnswer | { readonly outcome: 'failed'; readonly reason: 'secret-missing' };
type Attempted = { readonly message: string; readonly attempt: number; readonly at: WebhookMessageCommand['at'] };

function commandOf(answer: Answered, attempted: Attempted, random: number): WebhookMessageCommand {
  if (answer.outcome !== 'answered') return { type: 'fail', ...attempted, reason: answer.reason, random };
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return { type: 'succeed', ...attempted, httpStatus: status };
  if (status === GONE) return { type: 'give-up', ...attempted, reason: String(status) };
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return { type: 'fail', ...attempted, reason: String(status), random, ...(seconds > 0 && { retryAfterMs: seconds * SECOND_MS }) };
}

const record = ({ commands, contextFor }: Dependencies, command: WebhookMessageCommand) =>
  commands.commandWebhookMessage(
    command,
    freshContext({ contextFor, worker: 'send-webhook', type: ['webhook', command.type].join('-'), body: command, at: command.at }),
  );
