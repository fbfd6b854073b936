/** Makes the message of an attempt a moment before it, or finds why there is none: of the delivery's source, and of the endpoint, as the log has them now. */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import type { AppState } from '../../../domain/notifications/apps/app.ts';
import { codeContent } from '../../../domain/notifications/code-content.ts';
import { fitContent } from '../../../domain/notifications/content.ts';
import type { RenderedFrom } from '../../../domain/notifications/events.ts';
import type { Content } from '../../../domain/notifications/request-fields.ts';
import type { Plan } from '../../../domain/notifications/delivery-plan.ts';
import type { SenderIdentity } from '../../../domain/notifications/apps/events.ts';
import type { Destination } from '../../../domain/notifications/planning/destinations.ts';
import type { RequestedNotification } from '../../../domain/notifications/planning/plan.ts';
import { mayUseToken, pushToken } from '../../../domain/people/push-token.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { msBetween, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import { pushTokenStream } from '../../../domain/shared/streams.ts';
import type { Attempt, Target } from '../../../ports/sender/port.ts';
import type { DomainReader } from '../../dependencies.ts';
import { freshContext } from '../../jobs/command-contexts.ts';
import type { RenderDigest } from '../digests/render-digest.ts';
import type { MayStillSend, SendCheck } from './may-still-send.ts';
import { digestOf, type RenderContent, type RenderedNow } from './render-content.ts';
import type { ResolveEndpoint } from './resolve-endpoint.ts';
import type { TrackLinks } from './track-links.ts';
import type { CheckSmsLimits } from '../vendors/sms-limits.ts';
import { hasStopped, smsRouteOf } from './sms-stop.ts';

export type Message = Omit<Attempt, 'signal' | 'attempt'>;

export type PreparedMessage =
  | {
      readonly action: 'attempt';
      readonly message: Message;
      readonly destination: Destination;
      /** Absent where no template was used. */
      readonly rendered?: RenderedFrom;
    }
  | Exclude<SendCheck, { readonly action: 'send' }>
  | { readonly action: 'fail'; readonly reason: string };

/** `renderedFrom`: of an earlier attempt, which is made again as it was, whatever has been published since. */
export type PrepareOptions = Parameters<MayStillSend>[1] & {
  readonly renderedFrom?: RenderedFrom;
  /** What the account sends texts from; a phone that has stopped them is asked about where it is there. */
  readonly from?: string;
};
export type PrepareMessage = (plan: Plan, options: PrepareOptions) => Promise<PreparedMessage>;

type Dependencies = {
  readonly reader: DomainReader;
  readonly resolveEndpoint: ResolveEndpoint;
  readonly renderContent: RenderContent;
  readonly renderDigest: RenderDigest;
  readonly trackLinks: TrackLinks;
  readonly mayStillSend: MayStillSend;
  readonly checkSmsLimits: CheckSmsLimits;
  readonly commands: Pick<Commands, 'pushTokenIdOf' | 'invalidateEndpoint' | 'drawCode' | 'phoneIdOf' | 'unsubscribeTokenOf'>;
  readonly contextFor: ContextFor;
  /** Where links lead, without a slash at its end; emails have no link to unsubscribe without it. */
  readonly publicUrl?: string | undefined;
  readonly clock: () => Instant;
};

export const prepareMessageWith =
  (dependencies: Dependencies): PrepareMessage =>
  async (plan, options) => {
    const { resolveEndpoint, mayStillSend, clock } = dependencies;
    const check = await mayStillSend(plan, options);
    if (check.action !== 'send') return check;
    const { request, app, language, destination, contactsRevision, told } = check;
    const { channel, endpoint } = destination;
    const { delivery, notification, recipient: person, category, priority, expiresAt } = plan;
    const rendered = await contentOf(dependencies, request.requested, { told: told.content, language, renderedFrom: options.renderedFrom });
    if (rendered === 'void') return { action: 'suppress', reason: 'withdrawn' };
    if (rendered === 'erased') return { action: 'fail', reason: 'content-erased' };
    if ('fault' in rendered) return { action: 'fail', reason: 'template-fault' };
    // Last, for it reads who has the token: nothing but the record of the attempt comes between that and the vendor.
    const target = await resolveEndpoint({ person, channel, endpoint, contactsRevision });
    if (target === undefined || !(await mayUse(dependencies, { person, destination, target }))) return { action: 'suppress', reason: 'endpoint-removed' };
    const fitting = fitContent(rendered.content, channel);
    const { from, tracking: ofTemplate } = rendered;
    const tracking = { ...ofTemplate, ...request.requested.tracking };
    const content = channel === 'email' ? dependencies.trackLinks(fitting, { delivery, tracking }) : fitting;
    const identity = identityOf(app);
    const sms = options.from === undefined ? undefined : smsRouteOf(target, identity, options.from);
    if (sms !== undefined && (await hasStopped(dependencies, sms))) return { action: 'suppress', reason: 'blocked-stop' };
    // What a sandbox sends costs nothing, and takes nothing from what others may send.
    const limited = plan.sandbox === true ? undefined : sms;
    const heldBack = limited && (await dependencies.checkSmsLimits({ phone: limited.phone, delivery, counts: options.attempt === 'first' }));
    if (heldBack !== undefined) return { action: 'suppress', reason: heldBack };
    const headers = check.mustBeTold ? undefined : unsubscribeHeadersOf(dependencies, plan);
    const collapseKey = request.requested.collapseKey ?? delivery;
    // No vendor brings words to a device that nobody may read by then.
    const until = told.expiresAt !== undefined && told.expiresAt < expiresAt ? told.expiresAt : expiresAt;
    const ttlSeconds = Math.max(1, Math.floor(msBetween(clock(), until) / SECOND_MS));
    return {
      action: 'attempt',
      destination,
      ...(from !== undefined && { rendered: { ...from, digest: digestOf(fitting) } }),
      message: {
        delivery,
        notification,
        target,
        content,
        ...(identity !== undefined && { identity }),
        ...(headers !== undefined && { headers }),
        data: { ...content.push?.data, ...told.data, ...(channel === 'push' && { delivery }) },
        category,
        priority,
        collapseKey,
        ttlSeconds,
      },
    };
  };

function unsubscribeHeadersOf({ commands, publicUrl }: Dependencies, { channel, recipient: person, category, source }: Plan): Attempt['headers'] {
  if (channel !== 'email' || publicUrl === undefined) return undefined;
  const token = commands.unsubscribeTokenOf({ person, channel, category, ...(source.kind === 'app' && { app: source.app }) });
  return { 'List-Unsubscribe': `<${publicUrl}/v1/unsubscribe/${token}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}

/** undefined: the account's own. */
const identityOf = (app: AppState | undefined): SenderIdentity | undefined => (app?.status === 'active' ? app.identity : undefined);

/** A code is drawn for each attempt, a moment before it: it is in the message alone. `void`: it is good for nothing any more, or nothing is left of a digest. */
async function contentOf(
  { renderContent, renderDigest, commands, clock }: Dependencies,
  requested: RequestedNotification,
  { told, ...how }: { readonly told: Content | undefined } & Parameters<RenderContent>[1],
): Promise<RenderedNow | 'erased' | 'void'> {
  if (told !== undefined) return { content: told };
  const { source, digestOf } = requested;
  if (digestOf !== undefined) return renderDigest(requested, how);
  if (source.kind !== 'account') return renderContent(requested, how);
  const code = await commands.drawCode(source, clock());
  return code === undefined ? 'void' : { content: codeContent(source.purpose, code) };
}

type Use = { readonly person: PersonId; readonly destination: Destination; readonly target: Target };

/** False where the token was claimed for another device since, perhaps another person's: it is removed from this one, if the claim was interrupted before it could. */
async function mayUse({ reader, commands, contextFor, clock }: Dependencies, { person, destination, target }: Use): Promise<boolean> {
  const { device, endpoint } = destination;
  if (target.channel !== 'push' || device === undefined) return true;
  const { state } = await reader.loadState(pushToken, pushTokenStream(commands.pushTokenIdOf(target)));
  if (state.status === 'none' || mayUseToken(state, { person, device })) return true;
  const command = { person, endpoint, device, reason: 'token-claimed', deadSince: state.at } as const;
  await commands.invalidateEndpoint(command, freshContext({ contextFor, worker: 'deliver', type: 'invalidate-endpoint', body: command, at: clock() }));
  return false;
}
