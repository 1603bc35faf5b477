using System.CommandLine;
using Vitrine.Cli.CommandLine;
using Vitrine.Models.Generation;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine generate MODEL TEXT</c>: how the model continues a text.</summary>
internal static class GenerateCommand
{
    /// <summary>A continuation.</summary>
    /// <param name="Prompt">The prompt's tokens.</param>
    /// <param name="Ids">The tokens behind it.</param>
    /// <param name="Text">Their text; null for a model without a tokenizer.</param>
    /// <param name="Temperature">0 for the likeliest token every time.</param>
    /// <param name="TopK">How many of the likeliest tokens could be drawn; 0 for all.</param>
    /// <param name="Seed">Which draws.</param>
    internal sealed record Continuation(
        IReadOnlyList<int> Prompt, IReadOnlyList<int> Ids, string? Text, float Temperature,
        int TopK, ulong Seed);

    public static Command Create()
    {
        var passage = new PassageArgument();
        Option<int?> count = CommonOptions.Checked(
            new Option<int?>("--tokens")
            {
                Description = "How many tokens [default: 50, or what the context leaves]",
                HelpName = "N",
            },
            tokens => tokens is < 1 ? $"--tokens: must be 1 or more; got {tokens}." : null);
        Option<float> temperature = CommonOptions.Checked(
            new Option<float>("--temperature")
            {
                Description = "What logits are divided by; 0 takes the likeliest token every time "
                    + "[default: 0]",
                HelpName = "T",
            },
            value => value >= 0 && float.IsFinite(value) ? null
                : $"--temperature: must be 0 or more; got {value}.");
        Option<int> topK = CommonOptions.Checked(
            new Option<int>("--top-k")
            {
                Description = "Draw from so many of the likeliest tokens only; 0 for all "
                    + "[default: 0]",
                HelpName = "K",
            },
            value => value < 0 ? $"--top-k: must be 0 or more; got {value}." : null);
        return new Command("generate", "Continue a text token by token")
        {
            passage.Model, passage.Text, passage.Ids, count, temperature, topK,
        }.Runs(
            (parse, terminal) =>
            {
                if (parse.GetValue(topK) > 0 && parse.GetValue(temperature) == 0)
                {
                    throw new UsageException(
                        "--top-k: nothing is drawn at --temperature 0; give one above 0.");
                }

                using SubjectModel subject =
                    SubjectModel.Open(parse.GetRequiredValue(passage.Model));
                int[] prompt = passage.Tokens(parse, subject);
                var options = new SamplingOptions
                {
                    Temperature = parse.GetValue(temperature),
                    TopK = parse.GetValue(topK),
                    Seed = terminal.Seed,
                };
                Run(terminal, subject, prompt, parse.GetValue(count), options);
                return 0;
            },
            """vitrine generate runs/2-layer "The Congress shall" """.TrimEnd(),
            """vitrine generate runs/2-layer "The Congress shall" --temperature 0.8 --top-k 40""");
    }

    private static void Run(
        Terminal terminal, SubjectModel subject, int[] prompt, int? count, SamplingOptions options)
    {
        const int Default = 50;
        int context = subject.Model.Config.Context;
        int room = context == 0 ? int.MaxValue : context - prompt.Length + 1;
        if (count > room)
        {
            throw new UsageException(
                $"--tokens: the context of {context} leaves room for {room} behind "
                + $"{prompt.Length}; got {count}.");
        }

        int wanted = Math.Min(count ?? Default, room);
        using var generator = new TextGenerator(subject.Model, prompt.Length + wanted - 1);
        var chosen = new List<int>();
        foreach (int token in generator.Continue(prompt, wanted, options))
        {
            Interruption.Token.ThrowIfCancellationRequested();
            chosen.Add(token);
        }

        string? text = subject.Tokenizer?.Decode([.. chosen]);
        var result = new Continuation(
            prompt, chosen, text, options.Temperature, options.TopK, options.Seed);
        terminal.Show(result, CliJson.Readable.Continuation, _ => terminal.Output.WriteLine(
            subject.Tokenizer?.Decode([.. prompt, .. chosen])
            ?? string.Join(' ', prompt.Concat(chosen).Select(subject.Display))));
    }
}
