/** Rows of the tables of fields.ts about the Service and the NetworkPolicy. */
import type { Row } from './fields.ts';
import type { Loose } from './world.ts';

const service = (fields: Loose): Loose => ({ service: fields });
const balanced = (fields: Loose): Loose => service({ type: 'LoadBalancer', ...fields });
const restricted = (fields: Loose): Loose => ({ networkPolicy: { enabled: true, ...fields } });
const from = (...peers: Loose[]): Loose => restricted({ extraIngress: [{ from: peers }] });
const to = (...peers: Loose[]): Loose => restricted({ extraEgress: [{ to: peers }] });
const ports = (...all: Loose[]): Loose => restricted({ extraEgress: [{ ports: all }] });
const block = (cidr: string, ...except: string[]): Loose => ({ ipBlock: { cidr, ...(except.length > 0 && { except }) } });
const pods = { podSelector: { matchLabels: { app: 'a' } } };
const expression = (operator: string, values?: string[]): Loose => ({
  podSelector: { matchExpressions: [{ key: 'app', operator, ...(values && { values }) }] },
});
const many = (): Loose[] =>
  Array.from({ length: 16 }, (_, peer) => ({
    podSelector: { matchLabels: Object.fromEntries(Array.from({ length: 14 }, (_each, label) => [`l${peer}-${label}`, 'v'.repeat(63)])) },
  }));

const of = (field: string): Record<'peer' | 'port' | 'except' | 'values' | 'key' | 'long', string> => ({
  peer: `networkPolicy.${field}: a peer has either ipBlock, or podSelector, namespaceSelector or both`,
  port: `networkPolicy.${field}: endPort needs a port that is a number and not greater than it`,
  except: `networkPolicy.${field}: each except of an ipBlock is a smaller block within its cidr`,
  values: `networkPolicy.${field}: In and NotIn need values, Exists and DoesNotExist take none`,
  key: `networkPolicy.${field}: a key of matchLabels is a label name such as app or example.com/app`,
  long: `networkPolicy.${field} must be shorter: as JSON, at most 16000 bytes`,
});
const INGRESS = of('extraIngress');
const EGRESS = of('extraEgress');

const KEY = 'service.annotations: a key is a name such as example.com/name';
const LONG = 'service.annotations must be shorter: with the record that is kept of them, at most 240000 bytes';
const CLASS =
  'service.loadBalancerClass is refused with a Service that is not of type LoadBalancer: no load balancer is made for it; set service.type to LoadBalancer, or leave service.loadBalancerClass out';
const POLICY =
  'service.externalTrafficPolicy is refused with a Service of type ClusterIP: nothing reaches it from outside; set service.type to NodePort or LoadBalancer, or leave service.externalTrafficPolicy out';
const TWICE = 'service.ipFamilies names a family twice; name each once';
const TWO =
  'two service.ipFamilies need service.ipFamilyPolicy PreferDualStack or RequireDualStack: a Service of a single stack has one; set the policy, or name one family';

const NP = 'NetworkPolicy';
const peer = 'spec.networkPolicy.extraIngress[0].from[0]';
const port = 'spec.networkPolicy.extraEgress[0].ports[0]';

export const refusedNetworkRows: Record<string, Row> = {
  ServiceTypeOfNoCluster: ['it has no pods', service({ type: 'ExternalName' }), 'spec.service.type', 'Service'],
  ServiceAnnotationWithBlank: ['no key', service({ annotations: { 'a b': 'x' } }), KEY, 'Service'],
  ServiceAnnotationsTooLong: [
    'the record has to fit, too',
    service({ annotations: Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`a${index}`, 'x'.repeat(30_000)])) }),
    LONG,
    null,
  ],
  ClassWithoutBalancer: ['no load balancer is made', service({ loadBalancerClass: 'example.com/a' }), CLASS, 'Service'],
  ClassWithNodePort: ['the same', service({ type: 'NodePort', loadBalancerClass: 'a' }), CLASS, 'Service'],
  ClassWithBlank: ['a qualified name', balanced({ loadBalancerClass: 'a b' }), 'spec.service.loadBalancerClass', 'Service'],
  ClassWithTwoSlashes: ['one domain', balanced({ loadBalancerClass: 'a/b/c' }), 'spec.service.loadBalancerClass', 'Service'],
  ClassOfLongDomain: [
    'as long as a domain',
    balanced({ loadBalancerClass: `${'a'.repeat(254)}/b` }),
    'service.loadBalancerClass: the part before the slash has at most 253 characters',
    'Service',
  ],
  PolicyInside: ['nothing comes from outside', service({ externalTrafficPolicy: 'Local' }), POLICY, 'Service'],
  PolicyUnknown: ['no such policy', balanced({ externalTrafficPolicy: 'Near' }), 'spec.service.externalTrafficPolicy', 'Service'],
  FamilyUnknown: ['there are two', service({ ipFamilies: ['IPv5'] }), 'spec.service.ipFamilies[0]', 'Service'],
  FamilyTwice: ['each once', service({ ipFamilies: ['IPv4', 'IPv4'], ipFamilyPolicy: 'PreferDualStack' }), TWICE, 'Service'],
  FamiliesOfOneStack: ['one has one', service({ ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'SingleStack' }), TWO, 'Service'],
  FamiliesWithoutPolicy: ['how many is not said', service({ ipFamilies: ['IPv4', 'IPv6'] }), TWO, null],
  FamilyPolicyUnknown: ['no such policy', service({ ipFamilyPolicy: 'DualStack' }), 'spec.service.ipFamilyPolicy', 'Service'],
  AffinityUnknown: ['by cookie is for an Ingress', service({ sessionAffinity: 'Cookie' }), 'spec.service.sessionAffinity', 'Service'],

  PeerOfNothing: ['nobody', from({}), INGRESS.peer, NP],
  PeerOfBoth: ['pods have no block', from({ ...pods, ...block('10.0.0.0/8') }), INGRESS.peer, NP],
  PeerOutOfBoth: ['the same', to({ namespaceSelector: {}, ...block('10.0.0.0/8') }), EGRESS.peer, NP],
  PeersNone: ['the API server would drop an empty list', from(), 'spec.networkPolicy.extraIngress[0].from', null],
  BlockWithoutLength: ['an address is no block', from(block('10.0.0.1')), `${peer}.ipBlock.cidr`, NP],
  BlockTooLong: ['32 bits', from(block('10.0.0.0/33')), `${peer}.ipBlock.cidr`, NP],
  BlockOfLargeNumber: ['8 bits', from(block('10.0.0.256/32')), `${peer}.ipBlock.cidr`, NP],
  BlockOfSixTooLong: ['128 bits', from(block('fd00::/129')), `${peer}.ipBlock.cidr`, NP],
  BlockOfSixTwoGaps: ['how many zeros?', from(block('fd00::1::/64')), `${peer}.ipBlock.cidr`, NP],
  ExceptIsNoBlock: ['a name', from(block('10.0.0.0/8', 'a')), `${peer}.ipBlock.except[0]`, NP],
  ExceptOutside: ['nothing would be left out', from(block('10.0.0.0/12', '10.16.0.0/16')), INGRESS.except, NP],
  ExceptOutsideLastNumber: ['the same', to(block('10.0.0.128/25', '10.0.0.0/26')), EGRESS.except, NP],
  ExceptAll: ['nothing would be left', from(block('10.0.0.0/8', '10.0.0.0/8')), INGRESS.except, NP],
  ExceptLarger: ['nothing would be left', from(block('10.0.0.0/8', '0.0.0.0/0')), INGRESS.except, NP],
  ExceptOfOtherFamily: ['not within', from(block('::/0', '10.0.0.0/8')), INGRESS.except, NP],
  PortRangeOfName: ['a name is no number', ports({ port: 'http', endPort: 9 }), EGRESS.port, NP],
  PortRangeWithoutBegin: ['from where?', ports({ endPort: 9 }), EGRESS.port, NP],
  PortRangeBackwards: ['from the lower', restricted({ extraIngress: [{ ports: [{ port: 10, endPort: 9 }] }] }), INGRESS.port, NP],
  PortZero: ['no port', ports({ port: 0 }), `${port}.port`, NP],
  PortTooLarge: ['16 bits', ports({ port: 65_536 }), `${port}.port`, NP],
  PortOfTwoHyphens: ['no name of a port', ports({ port: 'a--b' }), `${port}.port`, NP],
  PortOfDigits: ['a text that is no number', ports({ port: '80' }), `${port}.port`, NP],
  PortNameTooLong: ['15 characters', ports({ port: 'a'.repeat(16) }), `${port}.port`, NP],
  ProtocolUnknown: ['no such protocol', ports({ protocol: 'ICMP' }), `${port}.protocol`, NP],
  SelectorWithoutValues: ['in which?', from(expression('In')), INGRESS.values, NP],
  SelectorWithValues: ['there are none to compare', to(expression('Exists', ['a'])), EGRESS.values, NP],
  SelectorKeyWithBlank: ['no label', from({ namespaceSelector: { matchLabels: { 'a b': 'x' } } }), INGRESS.key, NP],
  SelectorKeyOutWithBlank: ['no label', to({ podSelector: { matchLabels: { 'a b': 'x' } } }), EGRESS.key, NP],
  SelectorValueWithBlank: ['no value', from({ podSelector: { matchLabels: { a: 'b c' } } }), `${peer}.podSelector.matchLabels`, NP],
  IngressTooLong: ['the record has a bound', from(...many()), INGRESS.long, null],
  EgressTooLong: ['the record has a bound', to(...many()), EGRESS.long, null],
};

export const acceptedNetworkRows: Record<string, readonly [reason: string, spec: Loose]> = {
  ServiceNode: ['the address of clients stays', service({ type: 'NodePort', externalTrafficPolicy: 'Local', sessionAffinity: 'ClientIP' })],
  ServiceBalancer: [
    'everything about one',
    balanced({ loadBalancerClass: 'Example_1.a', annotations: { 'a.example/b': '', plain: '<&>"\n' }, externalTrafficPolicy: 'Cluster' }),
  ],
  ServiceBalancerByOldField: ['it means the same', { serviceType: 'LoadBalancer', ...service({ loadBalancerClass: 'example.com/a' }) }],
  ServiceTypeTwice: ['the same', { serviceType: 'NodePort', ...service({ type: 'NodePort' }) }],
  ServiceTypeOverDefault: ['the older field has its default', { serviceType: 'ClusterIP', ...service({ type: 'NodePort' }) }],
  ServiceOfOneFamily: ['one stack', service({ ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' })],
  ServiceOfOneFamilyAtLeast: [
    'the other is added where there is one',
    service({ ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' }),
  ],
  ServiceEmpty: ['nothing requested', service({ annotations: {} })],
  ExtraAll: ['everything', restricted({ extraIngress: [{}], extraEgress: [{}] })],
  ExtraSwitchedOff: ['no effect', { networkPolicy: { extraEgress: [{ ports: [{ port: 25 }] }] } }],
  ExtraPeers: [
    'each kind',
    from(
      pods,
      { namespaceSelector: {} },
      { podSelector: {}, namespaceSelector: { matchLabels: { 'a.example/b': '' } } },
      expression('NotIn', ['', 'a']),
    ),
  ],
  ExtraBlocks: [
    'of both families',
    to(
      block('0.0.0.0/0', '169.254.169.254/32', '10.0.0.0/8'),
      block('10.0.0.0/12', '10.15.0.0/16'),
      block('192.0.2.128/25', '192.0.2.129/32'),
      block('::/0', 'fd00::/8'),
      block('2001:db8:0:1::/64'),
      block('1:2:3:4:5:6:7:8/128'),
    ),
  ],
  ExtraPorts: [
    'each kind',
    ports(
      { port: 1, endPort: 65_535 },
      { port: 443, endPort: 443, protocol: 'UDP' },
      { port: '0-a1', protocol: 'SCTP' },
      { protocol: 'UDP' },
    ),
  ],
};
