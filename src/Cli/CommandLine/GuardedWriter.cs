using System.Text;

namespace Vitrine.Cli.CommandLine;

/// <summary>Standard output or standard error, which may be closed, full, or a terminal that is
/// gone.</summary>
/// <param name="inner">The stream.</param>
/// <param name="name">Its name in a message; null where a failure to write is passed over, as it is
/// for progress: work that is to be saved does not end for it.</param>
internal sealed class GuardedWriter(TextWriter inner, string? name) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) =>
        Try(() => inner.Write(buffer, index, count));

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override void Flush() => Try(inner.Flush);

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            if (name is not null)
            {
                throw new IOException(
                    $"{name} cannot be written: it is closed, or its disk is full.", failure);
            }
        }
    }
}
