package weir.sqs.auth;

import org.jspecify.annotations.Nullable;

/** Who makes a request. */
public sealed interface Principal {
    /** The account it belongs to; null if to none. */
    @Nullable
    String account();

    /** Its ARN; null if it has none. */
    @Nullable
    String arn();

    /** What {@code aws:userid} is; null for whoever has none. */
    @Nullable
    String userId();

    /** The {@code SenderId} of its messages. */
    String senderId();

    /** The owner of an account, who may do anything in it. */
    record Root(String account) implements Principal {
        @Override
        public String arn() {
            return "arn:aws:iam::" + account + ":root";
        }

        @Override
        public String userId() {
            return account;
        }

        @Override
        public String senderId() {
            return account;
        }
    }

    /** @param id tells two users apart that bore the same name one after the other */
    record User(String account, String name, String id) implements Principal {
        @Override
        public String arn() {
            return "arn:aws:iam::" + account + ":user/" + name;
        }

        @Override
        public String userId() {
            return id;
        }

        @Override
        public String senderId() {
            return id;
        }
    }

    /** A part of this server that acts on somebody's behalf, such as {@code sns.amazonaws.com}. */
    record Service(String name) implements Principal {
        @Override
        public @Nullable String account() {
            return null;
        }

        @Override
        public @Nullable String arn() {
            return null;
        }

        @Override
        public @Nullable String userId() {
            return null;
        }

        @Override
        public String senderId() {
            return name;
        }
    }

    /** Somebody who did not say. */
    record Anonymous() implements Principal {
        @Override
        public @Nullable String account() {
            return null;
        }

        @Override
        public @Nullable String arn() {
            return null;
        }

        @Override
        public String userId() {
            return "anonymous";
        }

        @Override
        public String senderId() {
            return "anonymous";
        }
    }
}
