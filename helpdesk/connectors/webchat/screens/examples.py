"""How a site's server proves who its visitor is, in the languages that sites are written in. Code, so never translated."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    name: str
    code: str


EXAMPLES = [
    Example(
        "Python",
        """import hashlib, hmac, time, jwt  # jwt: PyJWT

# the id alone
hash = hmac.new(SECRET.encode(), str(user.id).encode(), hashlib.sha256).hexdigest()

# or the whole person, for five minutes
token = jwt.encode({"user_id": str(user.id), "name": user.name, "email": user.email,
                    "email_verified": True, "exp": int(time.time()) + 300}, SECRET, "HS256")""",
    ),
    Example(
        "Node.js",
        """const crypto = require("crypto");
const jwt = require("jsonwebtoken");

// the id alone
const hash = crypto.createHmac("sha256", SECRET).update(String(user.id)).digest("hex");

// or the whole person, for five minutes
const token = jwt.sign({ user_id: String(user.id), name: user.name, email: user.email, email_verified: true },
                       SECRET, { algorithm: "HS256", expiresIn: 300 });""",
    ),
    Example(
        "PHP",
        """use Firebase\\\\JWT\\\\JWT;

// the id alone
$hash = hash_hmac("sha256", (string) $user->id, $secret);

// or the whole person, for five minutes
$token = JWT::encode(["user_id" => (string) $user->id, "name" => $user->name, "email" => $user->email,
                      "email_verified" => true, "exp" => time() + 300], $secret, "HS256");""".replace(
            "\\\\", "\\"
        ),
    ),
    Example(
        "Ruby",
        """require "openssl"
require "jwt"

# the id alone
hash = OpenSSL::HMAC.hexdigest("SHA256", SECRET, user.id.to_s)

# or the whole person, for five minutes
token = JWT.encode({ user_id: user.id.to_s, name: user.name, email: user.email,
                     email_verified: true, exp: Time.now.to_i + 300 }, SECRET, "HS256")""",
    ),
]
IN_PAGE = """helpdesk("identify", { user_id: "42", name: "Carla Nagy", email: "carla@example.com", hash: "…" });
// or
helpdesk("identify", { jwt: "…" });"""
