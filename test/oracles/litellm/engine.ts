import type { World } from '../../../src/sources/records.js';
import { Access } from './access.js';
import type { Bound, Fallback, LitellmAnswer, Reach, Refusal, Usage } from './answer.js';
import { rewritten, type Caller } from './caller.js';
import { Fallbacks } from './fallbacks.js';
import { boundsOf, isReached } from './limits.js';
import type { Release } from './release.js';
import type { Route } from './deployment-index.js';
import { Router, type Routed } from './router.js';
import { mayCall } from './routes.js';
import { upstreamId } from './upstream.js';
import { byOrder, sharesOf } from './weights.js';

/** LiteLLM of one release: the steps of L§4.1 in their order. */
export class Engine {
  readonly router: Router;
  readonly access: Access;
  readonly #fallbacks: Fallbacks;
  readonly #bounds = new Map<Caller, readonly Bound[]>();

  constructor(
    readonly release: Release,
    private readonly world: World,
    private readonly now: Date,
  ) {
    this.router = new Router(release, world);
    this.access = new Access(release, world, this.router.index);
    this.#fallbacks = new Fallbacks(release, world);
  }

  bounds(caller: Caller): readonly Bound[] {
    const known = this.#bounds.get(caller);
    if (known !== undefined) return known;
    const bounds = boundsOf(caller, this.world, this.release);
    this.#bounds.set(caller, bounds);
    return bounds;
  }

  /** The name routing and per-model limits work with. */
  rewritten(name: string, caller: Caller): string {
    return rewritten(name, caller, this.world.modelAliasMap, this.release, (target) => this.router.index.has(target));
  }

  ask(name: string, caller: Caller, usage: Usage, route: string | null): LitellmAnswer {
    const refusal = this.#refusal(name, caller, usage, route);
    if (refusal !== null) return { allowed: false, why: refusal };
    const model = this.rewritten(name, caller);
    const full = this.bounds(caller).filter((bound) => bound.measure !== 'budget' && isReached(bound, model, usage));
    const skipped = full.length > 0 && this.release !== '1.81' && full.every(isOfKeyAndModel);
    if (full.length > 0 && !skipped) return { allowed: false, why: 'rate limit' };
    if (this.router.index.isPaused(model, caller.teamId)) return { allowed: false, why: 'model paused' };
    const routed = this.router.route(model, caller);
    if (routed === null) return { allowed: false, why: 'unknown model' };
    const [first = [], ...later] = this.#levels(routed.routes);
    const reaches = skipped ? [] : this.#reaches(first);
    const fallbacks = [...(skipped ? [] : this.#later(routed.name, later)), ...this.#after(routed, caller)].filter(
      (fallback) => fallback.reaches.length > 0,
    );
    if (reaches.length > 0 || fallbacks.length > 0) return { allowed: true, reaches, fallbacks };
    return { allowed: false, why: skipped ? 'rate limit' : 'unknown model' };
  }

  #refusal(name: string, caller: Caller, usage: Usage, route: string | null): Refusal | null {
    const { key, team } = caller;
    if (key?.blocked === true) return 'key blocked';
    if (key !== null && !mayCall(key.allowedRoutes, route)) return 'route';
    const ofKey = this.access.keyStep(name, caller);
    if (ofKey !== null) return ofKey;
    if (key?.expires != null && Date.parse(key.expires) < this.now.getTime()) return 'key expired';
    if (team?.blocked === true) return 'team blocked';
    const ofOthers = this.access.teamSteps(name, caller) ?? this.access.userStep(name, caller);
    if (ofOthers !== null) return ofOthers;
    const spent = this.bounds(caller).some((bound) => bound.measure === 'budget' && isReached(bound, name, usage));
    return spent && !this.router.index.isFree(name) ? 'budget' : null;
  }

  #reaches(routes: readonly Route[]): readonly Reach[] {
    const group = routes.map(({ deployment }) => deployment);
    const shares = routes.some(({ pinned }) => pinned) ? [1] : sharesOf(group, this.release);
    if (shares === null) return [];
    return routes.map(({ deployment, model }, index) => ({
      deployment: deployment.id,
      share: shares[index] ?? 0,
      upstream: upstreamId(deployment, model),
    }));
  }

  /** 1.81 looks at `order` only among its pre-call checks. */
  #levels(routes: readonly Route[]): readonly (readonly Route[])[] {
    const looks = this.release !== '1.81' || this.world.router.rest['enable_pre_call_checks'] === true;
    return looks ? byOrder(routes, this.release) : [routes];
  }

  /** Newer versions try higher values of `order` before any other name. */
  #later(name: string, levels: readonly (readonly Route[])[]): readonly Fallback[] {
    return this.release === '1.81' ? [] : levels.map((routes) => ({ name, reaches: this.#reaches(routes) }));
  }

  #after({ name, byModel }: Routed, caller: Caller): readonly Fallback[] {
    const mayTry = (target: string) =>
      (this.access.keyStep(target, caller) ?? this.access.teamSteps(target, caller)) === null;
    return this.#fallbacks.namesAfter(name, mayTry).map((target) => {
      const routes = byModel ? this.router.reachByModel(target, caller) : this.router.reach(target, caller);
      return { name: target, reaches: this.#reaches(this.#levels(routes)[0] ?? []) };
    });
  }
}

/** In newer versions a key's limit for a model that is used up starts the fallback (L§3.7). */
function isOfKeyAndModel({ scope, model }: Bound): boolean {
  return scope === 'key' && model !== null;
}
