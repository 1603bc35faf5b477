using System.Text;

namespace Vitrine.Models.Checkpoints;

/// <summary>Writes files so that a crash, at any moment, leaves the old content or the new.</summary>
public static class AtomicFile
{
    /// <summary>Replaces a file by what <paramref name="write"/> writes.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        string temporary = path + ".tmp";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Replaces a file by UTF-8 text.</summary>
    public static void WriteAllText(string path, string text) =>
        Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
