using Vitrine.Interp;

namespace Vitrine.Cli.CommandLine;

/// <summary>A token in JSON: its text, or <c>#5</c> where the model has no tokenizer, beside its
/// number.</summary>
internal sealed record NamedToken(string Token, int Id)
{
    public static IReadOnlyList<NamedToken> Of(Subject subject, IEnumerable<int> ids) =>
        [.. ids.Select(id => new NamedToken(subject.Text(id), id))];
}
