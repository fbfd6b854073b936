/** The usual mutants of a source file: one small change each, as text that takes the place of a span. */
import { parseSync } from 'oxc-parser';

export type Mutant = { readonly start: number; readonly end: number; readonly replacement: string; readonly kind: string };

type Node = { readonly type: string; readonly start: number; readonly end: number; readonly [field: string]: unknown };

const OPERATORS: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '+': '-',
  '-': '+',
  '*': '/',
  '&&': '||',
  '||': '&&',
  '??': '&&',
};
const METHODS: Readonly<Record<string, string>> = { some: 'every', every: 'some', max: 'min', min: 'max', toSorted: 'slice', unshift: 'push' };

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

export function mutantsOf(file: string, source: string): readonly Mutant[] {
  const found: Mutant[] = [];
  const walk = (node: Node, parent: Node | undefined): void => {
    if (node.type.startsWith('TS') && !['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression'].includes(node.type)) return;
    if (node.type.startsWith('Import')) return;
    found.push(...mutantsAt(node, parent, source));
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, node);
    }
  };
  walk(parseSync(file, source).program as unknown as Node, undefined);
  return found.filter(({ start, end, replacement }) => source.slice(start, end) !== replacement);
}

function mutantsAt(node: Node, parent: Node | undefined, source: string): readonly Mutant[] {
  const whole = (replacement: string, kind: string): Mutant => ({ start: node.start, end: node.end, replacement, kind });
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
      return swapOperator(node, source);
    case 'UnaryExpression': {
      const argument = node['argument'] as Node;
      return node['operator'] === '!' ? [whole(source.slice(argument.start, argument.end), 'negation removed')] : [];
    }
    case 'ConditionalExpression':
    case 'IfStatement':
      return replaceTest(node['test'] as Node);
    case 'Literal':
      return typeof node['value'] === 'boolean' && parent?.type !== 'TSLiteralType' ? [whole(String(!node['value']), 'boolean flipped')] : [];
    case 'ExpressionStatement':
      return isCall(node['expression'] as Node) ? [whole('void 0;', 'call removed')] : [];
    case 'ArrayExpression':
      return (node['elements'] as readonly unknown[]).length > 0 ? [whole('[]', 'array emptied')] : [];
    case 'MemberExpression': {
      const property = node['property'] as Node;
      const other = METHODS[String(property['name'])];
      return other === undefined || parent?.type !== 'CallExpression'
        ? []
        : [{ start: property.start, end: property.end, replacement: other, kind: 'method swapped' }];
    }
    default:
      return [];
  }
}

function isCall(expression: Node): boolean {
  return ['CallExpression', 'AwaitExpression'].includes(expression.type) || (expression.type === 'UnaryExpression' && expression['operator'] === 'void');
}

function replaceTest({ start, end }: Node): readonly Mutant[] {
  return ['true', 'false'].map((replacement) => ({ start, end, replacement, kind: `condition ${replacement}` }));
}

function swapOperator(node: Node, source: string): readonly Mutant[] {
  const operator = String(node['operator']);
  const other = OPERATORS[operator];
  const left = node['left'] as Node;
  const right = node['right'] as Node;
  const at = source.indexOf(operator, left.end);
  if (other === undefined || at < 0 || at >= right.start) return [];
  return [{ start: at, end: at + operator.length, replacement: other, kind: `${operator} for ${other}` }];
}
