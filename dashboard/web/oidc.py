"""Signing in with a provider of OpenID Connect: code flow with PKCE, state and nonce.

What is needed between leaving for the provider and coming back lives ten minutes in a signed
cookie. The provider's word is checked (issuer, audience, signature, nonce, time) and forgotten;
what follows is a session of our own, like any other.
"""

import logging
from datetime import timedelta
from typing import Any, Final

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import JoseError
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.i18n import _
from dashboard.services import sign_in
from dashboard.settings import Oidc
from dashboard.web import entry, forms, paper, secret
from dashboard.web.door import Door
from models import NotAllowed

COOKIE: Final = "headway_provider"
LASTS: Final = timedelta(minutes=10)
SIGNED_WITH: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Only signatures that nobody but the provider can make; never `none`, never a shared key."""
CLOCKS: Final = 60
"""Seconds by which the provider's clock and ours may differ."""
WAIT: Final = 10.0
"""Seconds to wait for the provider."""

log = logging.getLogger(__name__)


class Distrust(Exception):
    """The provider, or somebody in its place, said what it must not say."""


class Provider:
    """The pages that lead to a provider and back."""

    def __init__(self, door: Door, settings: Oidc) -> None:
        self.door = door
        self.settings = settings
        self.client = OAuth().register(
            "provider",
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            server_metadata_url=f"{settings.issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": settings.scopes,
                "code_challenge_method": "S256",
                "timeout": WAIT,
            },
        )
        self.app = Starlette(
            routes=[
                Route("/account/oidc", self.leave),
                Route("/account/oidc/callback", self.come_back),
            ],
            middleware=[
                Middleware(
                    SessionMiddleware,
                    secret_key=secret.derived(door.secret, "oidc"),
                    session_cookie=COOKIE,
                    max_age=int(LASTS.total_seconds()),
                    path="/account/oidc",
                    same_site="lax",
                    https_only=door.settings.behind_tls,
                )
            ],
        )

    async def leave(self, request: Request) -> Response:
        """Send the browser to the provider."""
        request.session.clear()
        request.session["to"] = forms.local(request.query_params.get("next", "/"))
        try:
            await self._metadata()
            answer: Response = await self.client.authorize_redirect(request, self._back(request))
        except (AuthlibBaseError, httpx2.HTTPError, Distrust, ValueError) as error:
            return self._failed(error)
        return answer

    async def come_back(self, request: Request) -> Response:
        """Take the provider's word for who it is, once it is checked, and let them in."""
        to = forms.local(request.session.get("to", "/"))
        try:
            claims = await self._claims(request)
        except (AuthlibBaseError, JoseError, httpx2.HTTPError, Distrust, ValueError) as error:
            request.session.clear()
            return self._failed(error)
        request.session.clear()
        now = self.door.now()

        def find(session: Session) -> sign_in.Admitted:
            return sign_in.by_oidc(
                session,
                claims,
                rules=self.settings.groups,
                asks_code=self.settings.asks_code,
                now=now,
            )

        try:
            answer = await entry.enter(request, self.door, find, method="oidc", to=to)
        except NotAllowed as refusal:
            return paper.sentence(403, _("Not signed in"), _(str(refusal)))
        return answer or RedirectResponse("/account/sign-in", 303)

    async def _claims(self, request: Request) -> sign_in.Claims:
        metadata = await self._metadata()
        issuer = metadata["issuer"]
        if request.query_params.get("iss", issuer) != issuer:
            raise Distrust("the answer names another issuer")
        token = await self.client.authorize_access_token(
            request,
            claims_options={
                "iss": {"essential": True, "value": issuer},
                "aud": {"essential": True, "value": self.settings.client_id},
            },
            leeway=CLOCKS,
        )
        said: dict[str, Any] = token.get("userinfo") or {}
        if not said.get("sub"):
            raise Distrust("the answer names nobody")
        return sign_in.Claims(
            issuer=issuer,
            subject=str(said["sub"]),
            email=str(said.get("email") or ""),
            is_verified=said.get("email_verified") is True,
            name=str(said.get("name") or ""),
            groups=await self._groups(token, said) if self.settings.groups else frozenset(),
        )

    async def _groups(self, token: dict[str, Any], said: dict[str, Any]) -> frozenset[str]:
        """Return the groups the provider names; it is asked again where it has not said so yet."""
        told = _within(said, self.settings.claim)
        if told is None and (await self._metadata()).get("userinfo_endpoint"):
            more: dict[str, Any] = await self.client.userinfo(token=token)
            if more.get("sub") != said["sub"]:
                raise Distrust("it told of somebody else when it was asked for groups")
            told = _within(more, self.settings.claim)
        if told is None:
            log.warning("%s names no %s.", self.settings.issuer, self.settings.claim)
        if isinstance(told, str):
            return frozenset({told})
        return frozenset(map(str, told)) if isinstance(told, list) else frozenset()

    async def _metadata(self) -> dict[str, Any]:
        """Return what the provider says of itself, believed only where it names itself rightly."""
        metadata: dict[str, Any] = await self.client.load_server_metadata()
        named = str(metadata.get("issuer", "")).rstrip("/")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        signed = sorted(SIGNED_WITH.intersection(offered))
        if named != self.settings.issuer or not signed:
            self.client.server_metadata.clear()  # ask again next time
            raise Distrust(f"the provider calls itself {named!r} and signs with {offered}")
        metadata["id_token_signing_alg_values_supported"] = signed
        return metadata

    def _back(self, request: Request) -> str:
        base = self.door.settings.base_url or f"{request.url.scheme}://{request.url.netloc}"
        return f"{base}/account/oidc/callback"

    def _failed(self, error: Exception) -> Response:
        number = paper.reference()
        log.warning("%s: signing in with %s failed: %r", number, self.settings.issuer, error)
        told = _(
            "Signing in with {provider} did not work. Please try again. "
            "If it stays, give the administrator this number: {reference}."
        ).format(provider=self.settings.name, reference=number)
        return paper.sentence(403, _("Not signed in"), told)


def _within(said: dict[str, Any], claim: str) -> Any:
    """Return a claim by its name, or by the path to it, such as realm_access.roles."""
    found: Any = said
    for name in [claim] if claim in said else claim.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found
