package io.github.dwssnapshots.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.util.Collections;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Reads the key and the certificate of an HTTPS server. */
public final class TlsKey {
  private TlsKey() {}

  /**
   * Reads them from a keystore.
   *
   * @param keystore a PKCS#12 file
   * @throws ConfigurationException if it has no usable key, with a message for users
   */
  public static SSLContext read(Path keystore, String password) throws ConfigurationException {
    String name = "the keystore " + keystore;
    try (InputStream in = Files.newInputStream(keystore)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password.toCharArray());
      boolean hasKey = false;
      for (String alias : Collections.list(store.aliases())) {
        hasKey |= store.isKeyEntry(alias);
      }
      if (!hasKey) {
        throw new ConfigurationException(name + " has no private key");
      }
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, password.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(name + " does not exist");
    } catch (AccessDeniedException e) {
      throw new ConfigurationException(name + ": permission denied");
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigurationException(
          name
              + (e.getCause() instanceof UnrecoverableKeyException
                      || e instanceof UnrecoverableKeyException
                  ? " does not open with this password"
                  : " is not a readable PKCS#12 file"));
    }
  }
}
