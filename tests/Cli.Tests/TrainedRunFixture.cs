using System.Text;

namespace Vitrine.Cli.Tests;

/// <summary>One short run on a small text, shared by the tests that look at a run.</summary>
public sealed class TrainedRunFixture : IDisposable
{
    public TrainedRunFixture()
    {
        Folder = Directory.CreateTempSubdirectory("vitrine-cli-").FullName;
        Text = Path.Combine(Folder, "text.txt");
        File.WriteAllText(Text, SmallText());
        Run = Path.Combine(Folder, "run");
        Result = CommandLineResult.Of(
            "run", "0-layer", "--text", Text, "--steps", "3", "--out", Run, "--seed", "7");
    }

    public string Folder { get; }

    public string Text { get; }

    public string Run { get; }

    internal CommandLineResult Result { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Eighteen documents, two of them held out, with a few hundred tokens each, some of
    /// them hostile to a page.</summary>
    private static string SmallText()
    {
        string[] subjects =
            ["The Congress", "The President", "A citizen", "The Union", "Our nation"];
        string[] verbs = ["shall have", "may grant", "must keep", "has given"];
        string[] objects =
            ["power", "the peace", "a treaty of <b>peace</b>", "\"><img onerror=alert(1)>",
                "liberty"];
        var text = new StringBuilder();
        for (int document = 0; document < 18; document++)
        {
            text.Append(document == 0 ? "" : "<|endoftext|>");
            for (int sentence = 0; sentence < 40; sentence++)
            {
                int n = (document * 7) + (sentence * 3) + (sentence * sentence % 5);
                text.Append($"{subjects[n % 5]} {verbs[n / 5 % 4]} {objects[n / 20 % 5]}. ");
            }
        }

        return text.ToString();
    }
}
