// The provider that `oidc` starts: one client, any name signs in, its own pages ask.
import { Provider } from "oidc-provider";

const [port, redirect] = process.argv.slice(2);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "suishu-test",
      client_secret: "only between us",
      redirect_uris: [redirect],
      application_type: "native", // which may be on plain http of this machine
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: `${id.replace("unchecked-", "")}@example.org`,
      email_verified: !id.startsWith("unchecked-"),
    }),
  }),
  features: { devInteractions: { enabled: true } },
});

provider.listen(Number(port), "127.0.0.1");
