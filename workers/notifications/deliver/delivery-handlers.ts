/** Puts the delivery workers together: a handler for each vendor's queue, and one for deliveries whose time has come. */
import type { Job } from '../../../ports/job-queue/port.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import type { CommandGiver, EphemeralPorts, DomainReader, Runtime } from '../../dependencies.ts';
import { createFrequencyCaps } from '../caps/frequency-caps.ts';
import type { WorkersReporter } from '../../telemetry-events.ts';
import type { LoadNotification } from '../plan/load-notification.ts';
import { planAgainWith } from '../plan/plan-again.ts';
import { collectDeliveryWith } from '../digests/collect-delivery.ts';
import { renderDigestWith } from '../digests/render-digest.ts';
import { settleDeliveryWith } from '../digests/settle-delivery.ts';
import type { Vendor, Vendors } from '../vendors/create-vendors.ts';
import { advanceDelivery } from './advance-delivery.ts';
import { chooseVendorWith } from './choose-vendor.ts';
import { deliver, type DeliverConfig } from './deliver.ts';
import { deliveriesAs } from './deliveries.ts';
import type { DeliveryJobs } from './delivery-jobs.ts';
import { addFirstAttempts } from './enqueue-deliveries.ts';
import { holdBackWith } from './hold-back.ts';
import { mayStillSendWith } from './may-still-send.ts';
import { prepareMessageWith } from './prepare-message.ts';
import { recordOutcomeWith } from './record-outcome.ts';
import { renderContentWith, renderedInWith } from './render-content.ts';
import { checkSmsLimitsWith, type SmsLimits } from '../vendors/sms-limits.ts';
import { resolveEndpointWith } from './resolve-endpoint.ts';
import { trackLinksWith } from './track-links.ts';

export type DeliveryHandlersDependencies = {
  readonly reader: DomainReader;
  readonly loadNotification: LoadNotification;
  readonly commandGiver: CommandGiver;
  readonly views: Pick<TidingsViews, 'get' | 'pluck'>;
  readonly ephemeral: Pick<EphemeralPorts, 'presence' | 'rateLimit'>;
  readonly vendors: Vendors;
  readonly deliveryJobs: DeliveryJobs;
  readonly runtime: Runtime;
  readonly report: WorkersReporter;
};

type Handler = (job: Pick<Job, 'data'>) => Promise<void>;

export type DeliveryHandlers = { readonly deliver: (vendor: Vendor, stop: AbortSignal) => Handler; readonly advance: Handler };

export function createDeliveryHandlers(
  { reader, loadNotification, commandGiver, views, ephemeral, vendors, deliveryJobs, runtime, report }: DeliveryHandlersDependencies,
  config: DeliverConfig & {
    readonly smsLimits?: SmsLimits;
    readonly publicUrl?: string | undefined;
    /** Of one app to one person. */
    readonly notificationsPerDayMax: number;
    readonly chatPushAfterMs: number;
  },
): DeliveryHandlers {
  const { clock } = runtime;
  const { loadState, recallState } = reader;
  const { commands, contextFor } = commandGiver;
  const { presence, rateLimit } = ephemeral;
  const { routing } = vendors;
  const { notificationsPerDayMax, chatPushAfterMs, publicUrl } = config;
  const caps = createFrequencyCaps({ views, ...runtime }, { perDayMax: notificationsPerDayMax });
  const mayStillSend = mayStillSendWith({ reader, loadNotification, views, presence, caps, chatPushAfterMs, clock });
  const addAttempts = addFirstAttempts({ deliveryJobs, routing, clock });
  const planAgain = planAgainWith({ loadNotification, planning: { loadState, commands, contextFor, routing, addAttempts, report, clock } });
  const resolveEndpoint = resolveEndpointWith(reader, runtime.caches?.endpoints);
  const renderContent = renderContentWith(reader, runtime.caches?.templates);
  const renderDigest = renderDigestWith({ loadState, loadNotification, render: renderContent, clock });
  const trackLinks = trackLinksWith({ commands, publicUrl });
  const checkSmsLimits = checkSmsLimitsWith({ rateLimit, report }, config.smsLimits);
  const prepareMessage = prepareMessageWith({
    reader,
    resolveEndpoint,
    renderContent,
    renderDigest,
    trackLinks,
    mayStillSend,
    checkSmsLimits,
    commands,
    contextFor,
    publicUrl,
    clock,
  });
  const chooseVendor = chooseVendorWith({ loadState, routing });
  const deliveries = deliveriesAs('deliver', { loadState, recallState, commands, contextFor, report });
  const holdBack = holdBackWith({ deliveries, planAgain, caps, clock });
  const recordOutcome = recordOutcomeWith({ deliveries, caps, deliveryJobs, chooseVendor, commands, contextFor, runtime });
  return {
    deliver: (vendor, stop) => deliver({ vendor, routing, deliveries, prepareMessage, holdBack, chooseVendor, recordOutcome, report, runtime }, stop, config),
    advance: advanceDelivery({
      deliveries: deliveriesAs('look-after', { loadState, recallState, commands, contextFor, report }),
      deliveryJobs,
      mayStillSend,
      planAgain,
      collectDelivery: collectDeliveryWith({ loadState, commands, contextFor }),
      settleDelivery: settleDeliveryWith({ reader, commands, contextFor }),
      prepareMessage,
      renderedIn: renderedInWith(reader),
      chooseVendor,
      vendors,
      runtime,
    }),
  };
}
