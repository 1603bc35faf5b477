using Spectre.Console;

namespace Vitrine.Cli.CommandLine;

/// <summary>Tables as commands print them.</summary>
internal static class NumberTable
{
    /// <summary>A table with columns of text.</summary>
    /// <param name="title">Above it; null for none.</param>
    /// <param name="columns">What the columns are called.</param>
    public static Table Titled(string? title, params string[] columns)
    {
        Table table = new Table().Border(TableBorder.Minimal);
        if (title is not null)
        {
            table.Title(Markup.Escape(title));
        }

        foreach (string column in columns)
        {
            table.AddColumn(Markup.Escape(column));
        }

        return table;
    }

    /// <summary>Adds columns whose cells are aligned to the right.</summary>
    public static Table AddNumbers(this Table table, params string[] columns)
    {
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        return table;
    }
}
