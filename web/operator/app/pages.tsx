/** What is shown at each address. */
import type { VNode } from 'preact';
import { AppPage } from '../apps/app-page.tsx';
import { AppsPage } from '../apps/apps-page.tsx';
import { AuditPage } from '../audit/audit-page.tsx';
import { DeliveriesPage } from '../deliveries/deliveries-page.tsx';
import { FunnelPage } from '../funnel/funnel-page.tsx';
import { CasePage } from '../moderation/case-page.tsx';
import { ModerationPage } from '../moderation/moderation-page.tsx';
import { OverviewPage } from '../overview/overview-page.tsx';
import { ProjectionsPage } from '../projections/projections-page.tsx';
import { QueuesPage } from '../queues/queues-page.tsx';
import { t } from '../text/text.ts';
import { VendorsPage } from '../vendors/vendors-page.tsx';
import type { OperatorRoute } from './addresses.ts';

const PAGES: Readonly<Record<OperatorRoute['page'], (id: string) => VNode>> = {
  overview: () => <OverviewPage />,
  projections: () => <ProjectionsPage />,
  queues: () => <QueuesPage />,
  vendors: () => <VendorsPage />,
  deliveries: () => <DeliveriesPage />,
  funnel: () => <FunnelPage />,
  apps: () => <AppsPage />,
  app: (id) => <AppPage app={id} key={id} />,
  moderation: () => <ModerationPage />,
  case: (id) => <CasePage id={id} key={id} />,
  audit: () => <AuditPage />,
  unknown: () => <h1 tabIndex={-1}>{t('app.unknown')}</h1>,
};

export const pageAt = ({ page, id }: OperatorRoute): VNode => PAGES[page](id);
