/** The categories of our own products, as people choose by them. */
import { categoryKey } from '../../people/category.ts';
import type { Source } from '../request-fields.ts';
import { declaredIn, type CategoriesState } from './categories.ts';
import type { Category } from './events.ts';

export const CHAT_CATEGORY = 'chat';
export const FRIEND_POSTED_CATEGORY = 'friend-posted';
export const MENTION_CATEGORY = 'mention';
/** One-time codes. */
export const ACCOUNT_CATEGORY = 'account';
export const ACCOUNT_SECURITY_CATEGORY = 'account-security';
export const MODERATION_CATEGORY = 'moderation';
export const EXPORT_CATEGORY = 'export';

export const OUR_CATEGORIES: readonly Category[] = [
  {
    category: CHAT_CATEGORY,
    defaultLocale: 'en',
    locales: {
      en: { title: 'Chat messages', description: 'Messages that you have not read yet.' },
      de: { title: 'Chatnachrichten', description: 'Nachrichten, die du noch nicht gelesen hast.' },
      es: { title: 'Mensajes de chat', description: 'Mensajes que todavía no has leído.' },
      fr: { title: 'Messages de discussion', description: 'Les messages que vous n’avez pas encore lus.' },
      ja: { title: 'チャットのメッセージ', description: 'まだ読んでいないメッセージ。' },
      ko: { title: '채팅 메시지', description: '아직 읽지 않은 메시지입니다.' },
    },
    mandatory: false,
    byDefault: 'in',
    channels: ['push', 'in-app'],
  },
  {
    category: FRIEND_POSTED_CATEGORY,
    defaultLocale: 'en',
    locales: {
      en: { title: 'Posts of friends', description: 'When a friend publishes a post.' },
      de: { title: 'Beiträge von Freunden', description: 'Wenn jemand aus deinem Freundeskreis etwas veröffentlicht.' },
      es: { title: 'Publicaciones de amigos', description: 'Cuando un amigo publica algo.' },
      fr: { title: 'Publications d’amis', description: 'Quand un ami publie quelque chose.' },
      ja: { title: '友だちの投稿', description: '友だちが投稿したとき。' },
      ko: { title: '친구의 게시물', description: '친구가 게시물을 올렸을 때 알려 줍니다.' },
    },
    mandatory: false,
    byDefault: 'out',
    channels: ['push', 'in-app'],
  },
  {
    category: MENTION_CATEGORY,
    defaultLocale: 'en',
    locales: {
      en: { title: 'Mentions', description: 'When somebody mentions you in a post.' },
      de: { title: 'Erwähnungen', description: 'Wenn dich jemand in einem Beitrag erwähnt.' },
      es: { title: 'Menciones', description: 'Cuando alguien te menciona en una publicación.' },
      fr: { title: 'Mentions', description: 'Quand quelqu’un vous mentionne dans une publication.' },
      ja: { title: 'メンション', description: '投稿であなたがメンションされたとき。' },
      ko: { title: '멘션', description: '누군가 게시물에서 회원님을 언급하면 알려 줍니다.' },
    },
    mandatory: false,
    byDefault: 'in',
    channels: ['push', 'in-app'],
  },
  {
    category: ACCOUNT_CATEGORY,
    defaultLocale: 'en',
    locales: {
      en: { title: 'Codes', description: 'Codes that you ask for, to confirm an address or to choose a new password.' },
      de: { title: 'Codes', description: 'Codes, die du anforderst, um eine Adresse zu bestätigen oder ein neues Passwort zu wählen.' },
      es: { title: 'Códigos', description: 'Los códigos que pides para confirmar una dirección o elegir otra contraseña.' },
      fr: { title: 'Codes', description: 'Les codes que vous demandez pour confirmer une adresse ou choisir un nouveau mot de passe.' },
      ja: { title: 'コード', description: 'アドレスの確認や新しいパスワードの設定のために求めるコード。' },
      ko: { title: '인증 코드', description: '주소를 확인하거나 새 비밀번호를 정할 때 요청하는 코드입니다.' },
    },
    mandatory: true,
    byDefault: 'in',
  },
  {
    category: ACCOUNT_SECURITY_CATEGORY,
    defaultLocale: 'en',
    locales: {
      en: { title: 'Security of your account', description: 'When something changes that protects your account.' },
      de: { title: 'Sicherheit deines Kontos', description: 'Wenn sich etwas ändert, das dein Konto schützt.' },
      es: { title: 'Seguridad de tu cuenta', description: 'Cuando cambia algo que protege tu cuenta.' },
      fr: { title: 'Sécurité de votre compte', description: 'Quand change ce qui protège votre compte.' },
      ja: { title: 'アカウントのセキュリティ', description: 'アカウントを守る設定が変わったとき。' },
      ko: { title: '계정 보안', description: '계정을 보호하는 설정이 바뀌었을 때 알려 줍니다.' },
    },
    mandatory: true,
    byDefault: 'in',
  },
  {
    category: MODERATION_CATEGORY,
    defaultLocale: 'en',
    locales: {
      en: { title: 'Decisions of moderators', description: 'When moderators decide something about what you have published, or about your account.' },
      de: { title: 'Entscheidungen der Moderation', description: 'Wenn über etwas entschieden wird, das du veröffentlicht hast, oder über dein Konto.' },
      es: { title: 'Decisiones de moderación', description: 'Cuando se decide algo sobre lo que has publicado o sobre tu cuenta.' },
      fr: { title: 'Décisions de modération', description: 'Quand une décision concerne ce que vous avez publié ou votre compte.' },
      ja: { title: 'モデレーターの判断', description: 'あなたの投稿やアカウントについて判断があったとき。' },
      ko: { title: '운영자 결정', description: '올린 글이나 계정에 대해 운영자가 결정했을 때 알려 줍니다.' },
    },
    mandatory: true,
    byDefault: 'in',
    channels: ['email', 'in-app'],
  },
  {
    category: EXPORT_CATEGORY,
    defaultLocale: 'en',
    locales: {
      en: { title: 'Exports', description: 'When an export that you asked for is ready, or has ended.' },
      de: { title: 'Exporte', description: 'Wenn ein Export, den du angefordert hast, fertig ist oder beendet wurde.' },
      es: { title: 'Exportaciones', description: 'Cuando una exportación que pediste está lista o ha terminado.' },
      fr: { title: 'Exportations', description: 'Quand une exportation que vous avez demandée est prête, ou terminée.' },
      ja: { title: 'エクスポート', description: '依頼したエクスポートの準備ができたとき、または終了したとき。' },
      ko: { title: '내보내기', description: '요청한 내보내기가 준비되었거나 끝났을 때 알려 줍니다.' },
    },
    mandatory: true,
    byDefault: 'in',
    channels: ['in-app'],
  },
];

const BY_KEY: ReadonlyMap<string, Category> = new Map(OUR_CATEGORIES.map((one) => [categoryKey(one.category), one]));

/** However it is spelled. */
export const ourCategory = (category: string): Category | undefined => BY_KEY.get(categoryKey(category));

/** The declaration that a notification goes by: of its app, or ours. `declared`: by the app that asks. */
export const categoryFor = (
  declared: CategoriesState | undefined,
  { source, category }: { readonly source: Source; readonly category: string },
): Category | undefined => (source.kind === 'app' ? declared && declaredIn(declared, category) : ourCategory(category));
