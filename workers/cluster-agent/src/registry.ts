import { meshCilium } from '@meshwright/mesh-cilium';
import { meshIstio } from '@meshwright/mesh-istio';
import { meshLinkerd } from '@meshwright/mesh-linkerd';
import { createRegistry, type PluginRegistry } from '@meshwright/plugin-sdk';

/** Every plugin of this engine: the one place where a new mesh is listed. */
export const plugins: PluginRegistry = createRegistry([meshCilium, meshIstio, meshLinkerd]);
